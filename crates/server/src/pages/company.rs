//! An enterprise's own page: what it has to mend, what was answered, and its money.

use super::export::{Sheet, is_csv};
use super::{Way, ways};
use crate::Portal;
use crate::chart;
use crate::desk::{Company, Held, Payment, Reason, Row, State};
use crate::lang::table_fen;
use crate::site::{Frame, Visit, quoted};
use askama::Template;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use trade::register;

#[derive(Template)]
#[template(path = "company.html")]
struct Page<'a> {
    f: &'a Frame,
    c: &'a Company,
    ways: Vec<Way>,
}

/// The states that the figures name, each with those that it gathers.
const FIGURES: [&[State]; 4] = [
    &[State::Refused, State::SentBack],
    &[State::Waiting],
    &[State::Review, State::Inspection, State::Detained],
    &[State::Released, State::Closed],
];

/// A figure: words, number, and where the lists are.
struct Figure {
    name: &'static str,
    n: u64,
    to: String,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn who(&self) -> String {
        self.f.caller.as_ref().map(|c| c.enterprises.join(", ")).unwrap_or_default()
    }

    fn figures(&self) -> Vec<Figure> {
        ["company.to_mend", "company.waiting", "company.held", "company.released"]
            .into_iter()
            .zip(FIGURES)
            .map(|(name, states)| {
                let n = self.c.counts.iter().filter(|(s, _)| states.contains(s)).map(|(_, n)| n).sum();
                let names: Vec<_> = states.iter().map(|s| s.name()).collect();
                Figure { name, n, to: self.f.to(format!("/parcels?state={}", names.join(","))) }
            })
            .collect()
    }

    /// The list as it was sent, in a form.
    fn mend(&self, row: &Row) -> String {
        self.f.to(format!("/mend/{}/list", quoted(&row.key)))
    }

    /// Titles of the reasons; a code without words stays a code.
    fn why(&self, row: &Row) -> String {
        let title = |code: &String| {
            let known = trade::finding::Code::from_name(code);
            known.map_or(code.clone(), |_| self.f.t(&format!("title.{code}")).to_owned())
        };
        let codes: BTreeSet<&String> = row.rules.iter().collect();
        codes.into_iter().map(title).collect::<Vec<_>>().join(" · ")
    }

    fn by_reason(&self, reason: &Reason) -> String {
        self.f.to(format!("/parcels?state=refused&reason={}", quoted(&reason.code)))
    }

    fn meter(&self, held: &Held) -> String {
        chart::meter(held.limit, held.due, held.reserved, &self.held(held))
    }

    fn held(&self, held: &Held) -> String {
        let [limit, due, reserved, free] = [held.limit, held.due, held.reserved, held.free].map(table_fen);
        self.f.lang.fill("company.guarantee.said", &[&held.code, &held.district, &limit, &due, &reserved, &free])
    }

    /// What left, less what came back.
    fn sum(&self, left: &trade::money::Fen, back: &trade::money::Fen) -> String {
        self.f.fen(left.0.saturating_sub(back.0))
    }

    fn others(&self, of: &register::Statement) -> String {
        let left = of.on_entry.0.saturating_add(of.ordinary.0);
        self.f.fen(left.saturating_sub(of.on_entry_back.0).saturating_sub(of.ordinary_back.0))
    }

    fn register(&self, of: &register::Statement) -> String {
        self.f.to(format!("/company/register.csv?month={}", of.month))
    }

    /// How a payment stands, and its tone.
    fn paid(&self, payment: &Payment) -> (String, &'static str) {
        match (payment.paid_on, payment.overdue) {
            (Some(day), _) => (self.f.t1("company.bills.paid", day), "ok"),
            (None, true) => (self.f.t1("company.bills.overdue", table_fen(payment.surcharge)), "bad"),
            (None, false) => (self.f.t1("company.bills.due", payment.due_on), "wait"),
        }
    }
}

#[derive(Deserialize, Default)]
pub struct Asked {
    /// `yyyymm`; the newest month where none is named.
    month: Option<u32>,
    /// `yyyyq`; the current quarter where none is named.
    quarter: Option<u32>,
}

/// The statements of account, month by month.
pub async fn exports(extract::State(portal): extract::State<Portal>, visit: Visit) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let line = |month: &window::ExportMonth| {
                let of = &month.statement;
                let sums = [
                    of.exempt,
                    of.exempt_back,
                    of.rebate,
                    of.rebate_back,
                    of.on_entry,
                    of.on_entry_back,
                    of.ordinary,
                    of.ordinary_back,
                ];
                let [a, b, c, d, e, g, h, i] = sums.map(|fen| Value::from(fen.0));
                let [year, income, tax, due] = [of.year, of.income, of.tax, of.due].map(|fen| Value::from(fen.0));
                let (rows, entry) = (of.rows.into(), month.told.map(|at| at.revision).into());
                let head = [month.seller.as_str().into(), of.month.into(), rows, of.unvalued.into()];
                let [seller, of_month, rows, unvalued] = head;
                let (small, clause) = (of.small.into(), of.clause.as_str().into());
                [seller, of_month, rows, unvalued, a, b, c, d, e, g, h, i, year, income, tax, due, small, clause, entry]
            };
            let columns = [
                "seller",
                "month",
                "rows",
                "unvalued",
                "exempt_fen",
                "exempt_back_fen",
                "rebate_fen",
                "rebate_back_fen",
                "on_entry_fen",
                "on_entry_back_fen",
                "ordinary_fen",
                "ordinary_back_fen",
                "year_revenue_fen",
                "year_income_fen",
                "year_tax_fen",
                "tax_due_fen",
                "small_profit",
                "clause",
                "entry",
            ];
            let rows = desk.company(&f.sight)?.exports.iter().map(line).collect();
            Ok(Sheet { columns, rows }.answer(csv))
        })
        .await
}

/// The register of a month. As CSV it is the file over which the month's statement was made, byte for byte.
pub async fn register(
    extract::State(portal): extract::State<Portal>,
    visit: Visit,
    extract::Query(asked): extract::Query<Asked>,
) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let rows = desk.export_register(&f.sight, asked.month)?.rows;
            if csv {
                return Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], register::file(&rows)).into_response());
            }
            let rows = rows.into_iter().map(|row| row.map(Value::from)).collect();
            Ok(Sheet { columns: register::COLUMNS, rows }.answer(false))
        })
        .await
}

/// What lies in overseas warehouses: exported = in stock + sold + lost + returned, item by item.
pub async fn abroad(extract::State(portal): extract::State<Portal>, visit: Visit) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let line = |abroad: window::Abroad| {
                let of = abroad.item.of;
                let sums =
                    [of.exported, of.in_stock, of.sold, of.lost, of.returned, of.coming, of.moved_in, of.moved_out];
                let [exported, stock, sold, lost, returned, coming, moved_in, moved_out] =
                    sums.map(|qty| Value::from(qty.to_string()));
                let texts =
                    [abroad.part.ebc, abroad.part.item_no, abroad.part.country, abroad.item.name, abroad.item.unit];
                let [seller, item, country, goods, unit] = texts.map(|text| Value::from(text.as_str()));
                let open = abroad.lots.first().map(|lot| lot.left.to_string());
                let head = [seller, item, goods, country, unit, exported, stock, sold, lost, returned, coming];
                let [a, b, c, d, e, g, h, i, j, k, l] = head;
                [a, b, c, d, e, g, h, i, j, k, l, moved_in, moved_out, open.into()]
            };
            let columns = [
                "seller",
                "item",
                "goods",
                "country",
                "unit",
                "exported",
                "in_stock",
                "sold",
                "lost",
                "returned",
                "coming_back",
                "moved_in",
                "moved_out",
                "oldest_left",
            ];
            let rows = desk.abroad(&f.sight)?.into_iter().map(line).collect();
            Ok(Sheet { columns, rows }.answer(csv))
        })
        .await
}

/// What a platform reports of its sellers in a quarter; fees where it has filed them (`FEES`).
pub async fn sellers(
    extract::State(portal): extract::State<Portal>,
    visit: Visit,
    extract::Query(asked): extract::Query<Asked>,
) -> Response {
    let csv = is_csv(&visit);
    visit
        .page(&portal, move |desk, f| {
            let line = |of: window::SellerQuarter| {
                let e = of.earned;
                let sums = [
                    e.orders.into(),
                    e.gross.0.into(),
                    e.refunds.0.into(),
                    e.fees.map(|fees| fees.0).into(),
                    e.unvalued.into(),
                ];
                let [orders, gross, refunds, fees, unvalued] = sums;
                [of.code.into(), of.name.into(), of.uscc.into(), orders, gross, refunds, fees, unvalued]
            };
            let columns =
                ["seller", "name", "credit_code", "orders", "gross_fen", "refunds_fen", "fees_fen", "unvalued"];
            let rows = desk.export_sellers(&f.sight, asked.quarter)?.into_iter().map(line).collect();
            Ok(Sheet { columns, rows }.answer(csv))
        })
        .await
}

pub async fn show(extract::State(portal): extract::State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let company = desk.company(&f.sight)?;
            f.html(&Page { f, c: &company, ways: ways(desk, f) })
        })
        .await
}

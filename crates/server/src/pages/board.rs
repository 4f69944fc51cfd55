//! The homes that are figures and tables: those of the departments, and the zone operator's.

use super::{Way, ways};
use crate::Portal;
use crate::desk::{Board, BoardTable, Cell, Role};
use crate::service::{self, Part};
use crate::site::{Frame, Visit};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use trade::policy::Notice;
use trade::time::Day;

#[derive(Template)]
#[template(path = "board.html")]
struct Page<'a> {
    f: &'a Frame,
    board: &'a Board,
    /// `board.NAME.title`, `.lead`
    name: &'static str,
    service: Option<usize>,
    /// Of the zone alone.
    parts: Vec<Part>,
    notices: Vec<(String, Day, Notice)>,
    /// Of a department.
    ways: Vec<Way>,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        self.service
    }

    fn word(&self, part: &str) -> String {
        self.f.t(&format!("board.{}.{part}", self.name)).to_owned()
    }

    fn title(&self, table: &BoardTable) -> String {
        self.f.t(&format!("board.{}", table.name)).to_owned()
    }

    fn note(&self, table: &BoardTable) -> String {
        self.f.t(&format!("board.{}.note", table.name)).to_owned()
    }

    /// Over the table of offices: where they are. Empty where the zone lies on no coast that we can draw.
    fn map(&self, table: &BoardTable) -> String {
        if table.name != "offices" {
            return String::new();
        }
        let f = self.f;
        crate::map::island(&self.board.cities, f.english(), |n| f.t1("board.map.lists", f.n(n)), f.t("board.map"))
    }

    fn of_zone(&self) -> bool {
        self.name == "zone"
    }

    fn is_number(&self, cell: &Cell) -> bool {
        matches!(cell, Cell::Count(_) | Cell::Money(_) | Cell::Span(_))
    }

    /// Of a column: whether its first row has a number.
    fn numbers(&self, table: &BoardTable, column: &usize) -> bool {
        table.rows.first().and_then(|row| row.get(*column)).is_some_and(|cell| self.is_number(cell))
    }

    fn cell(&self, cell: &Cell) -> String {
        use crate::chart::escape;
        match cell {
            Cell::Text(both) => escape(self.f.of_both(both)),
            Cell::Code(code) => format!(r#"<span class="code">{}</span>"#, escape(code)),
            Cell::Count(n) => self.f.n(*n),
            Cell::Money(fen) => self.f.fen(*fen),
            Cell::Span(ms) => self.f.span(*ms),
            Cell::On(day) => format!(r#"<span class="nb">{day}</span>"#),
            Cell::Word(key, tone) => format!(r#"<span class="st {}">{}</span>"#, tone.class(), escape(self.f.t(key))),
            Cell::Empty => "–".to_owned(),
        }
    }

    /// A figure, and its unit.
    fn figure(&self, cell: &Cell) -> (String, &'static str) {
        match cell {
            Cell::Money(fen) => self.f.lang.total(*fen),
            other => (self.cell(other), ""),
        }
    }

    fn part(&self, part: &Part) -> String {
        self.f.t(&format!("status.{}", part.name)).to_owned()
    }
}

pub async fn department(State(portal): State<Portal>, visit: Visit) -> Response {
    visit
        .page(&portal, |desk, f| {
            let board = desk.department(&f.sight)?;
            let (name, service) = match f.known()?.role {
                Role::Tax => ("tax", Some(1)),
                Role::Exchange => ("exchange", Some(2)),
                Role::Commerce => ("commerce", Some(3)),
                _ => ("market", None),
            };
            f.html(&Page {
                f,
                board: &board,
                name,
                service,
                parts: Vec::new(),
                notices: Vec::new(),
                ways: ways(desk, f),
            })
        })
        .await
}

pub async fn zone(State(portal): State<Portal>, visit: Visit) -> Response {
    let of = portal.clone();
    visit
        .page(&portal, move |desk, f| {
            let board = desk.zone_board(&f.sight)?;
            let (parts, notices) = (service::parts(desk, &of.times)?, desk.notices());
            f.html(&Page { f, board: &board, name: "zone", service: None, parts, notices, ways: Vec::new() })
        })
        .await
}

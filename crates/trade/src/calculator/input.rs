//! Reads the cases; every fault names its place.

use std::collections::HashMap;

use super::*;

pub(super) struct File {
    pub cases: Vec<Result<Case, Malformed>>,
    /// Single and annual limit.
    pub limits: Option<(Fen, Fen)>,
}

pub(super) struct Case {
    pub id: Value,
    pub authenticated: bool,
    pub years: HashMap<i32, Fen>,
    pub quantity: HashMap<(Option<i32>, String), Fraction>,
    pub steps: Vec<Step>,
}

pub(super) struct Step {
    pub place: String,
    pub list: Option<String>,
    pub release: Option<Day>,
    pub inputs: Inputs,
    /// The inputs as they stand in the file.
    pub source: Value,
}

pub(super) enum Inputs {
    Declare(Declare),
    Return(Give),
    Cancel {
        list: String,
    },
    /// Personal articles (rules.md 3.8), income tax at the deemed rate (6.6), exemption of an exported line (6.5).
    Articles(Articles),
    Income {
        day: Day,
        revenue: Fen,
        encouraged: bool,
    },
    Exemption(Exemption),
}

pub(super) struct Articles {
    pub day: Day,
    pub articles: Vec<crate::policy::articles::Article>,
    pub near: bool,
    pub indivisible: bool,
}

pub(super) struct Exemption {
    pub day: Day,
    pub seller_place: String,
    pub office: String,
    pub trade_mode: String,
    pub hs10: String,
    pub rebate_wanted: bool,
}

pub(super) struct Declare {
    pub trade_mode: String,
    pub day: Day,
    pub freight: Fen,
    pub insurance: Fen,
    pub promotion: Fen,
    pub noncash: Fen,
    pub guarantee: Option<Fen>,
    pub lines: Vec<CaseLine>,
    pub payment: Option<Payment>,
}

pub(super) struct CaseLine {
    pub gnum: u32,
    pub hs8: String,
    pub price: Price,
    pub qty: Quantity,
    pub rates: Rates,
    pub content: Option<Fraction>,
    pub on_positive_list: bool,
    pub bonded_only: bool,
    pub year_limit: Option<Fraction>,
}

pub(super) struct Payment {
    pub amount: Fen,
    pub currency: String,
    pub payer_is_buyer: bool,
}

/// A return.
pub(super) struct Give {
    pub list: String,
    pub applied: Day,
    pub arrived: Day,
    pub lines: Vec<(u32, Quantity)>,
}

pub(super) fn read(text: &str) -> Result<File, Malformed> {
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| Malformed {
        place: format!("line {} column {}", error.line(), error.column()),
        what: "not readable JSON".into(),
    })?;
    let root = Node { place: String::new(), value: &value };
    if root.get("cases").is_none() && root.get("steps").is_some() {
        return Ok(File { cases: vec![case(&root)], limits: None });
    }
    let limits = match root.get("limits") {
        None => None,
        Some(limits) => Some((limits.need("single_fen")?.fen()?, limits.need("annual_fen")?.fen()?)),
    };
    let cases = root.need("cases")?.items()?.iter().map(case).collect();
    Ok(File { cases, limits })
}

fn case(case: &Node<'_>) -> Result<Case, Malformed> {
    let id = case.get("id").map_or(Value::Null, |id| id.value.clone());
    let (mut authenticated, mut years, mut quantity) = (false, HashMap::new(), HashMap::new());
    if let Some(buyer) = case.get("buyer") {
        authenticated = buyer.flag("authenticated", false)?;
        if let Some(ytd) = buyer.get("ytd_fen") {
            for (year, amount) in ytd.entries()? {
                years.insert(amount.year(&year)?, amount.fen()?);
            }
        }
        if let Some(ytd) = buyer.get("ytd_qty") {
            for (key, value) in ytd.entries()? {
                if value.value.is_object() {
                    let year = value.year(&key)?;
                    for (hs8, amount) in value.entries()? {
                        quantity.insert((Some(year), hs8), amount.measure()?);
                    }
                } else {
                    quantity.insert((None, key), value.measure()?);
                }
            }
        }
    }
    let mut steps = Vec::new();
    for step in case.need("steps")?.items()? {
        let inputs = step.need("inputs")?;
        let action = step.need("action")?;
        let list = step.get("list").map(|list| list.text()).transpose()?;
        let release =
            step.get("release_time").or_else(|| inputs.get("release_time")).map(|time| time.day()).transpose()?;
        let source = inputs.value.clone();
        let inputs = match action.text()?.as_str() {
            "declare" => Inputs::Declare(declare(&inputs)?),
            "return" => Inputs::Return(give(&inputs)?),
            "cancel" => Inputs::Cancel { list: inputs.need("list")?.text()? },
            "articles" => Inputs::Articles(articles(&inputs)?),
            "income" => Inputs::Income {
                day: inputs.need("day")?.day()?,
                revenue: inputs.need("revenue_fen")?.not_negative()?,
                encouraged: inputs.flag("encouraged", false)?,
            },
            "exemption" => Inputs::Exemption(exemption(&inputs)?),
            _ => return Err(action.wrong("should be declare, return, cancel, articles, income or exemption")),
        };
        steps.push(Step { place: step.place.clone(), list, release, inputs, source });
    }
    Ok(Case { id, authenticated, years, quantity, steps })
}

fn articles(inputs: &Node<'_>) -> Result<Articles, Malformed> {
    let mut articles = Vec::new();
    for item in inputs.need("articles")?.items()? {
        articles.push(crate::policy::articles::Article {
            band: item.need("band")?.text()?,
            declared: item.need("price_fen")?.not_negative()?,
            table: item.get("table_fen").map(|fen| fen.not_negative()).transpose()?,
        });
    }
    Ok(Articles {
        day: inputs.need("day")?.day()?,
        articles,
        near: inputs.flag("from_hk_mo_tw", false)?,
        indivisible: inputs.flag("indivisible", false)?,
    })
}

fn exemption(inputs: &Node<'_>) -> Result<Exemption, Malformed> {
    Ok(Exemption {
        day: inputs.need("day")?.day()?,
        seller_place: inputs.get("seller_place").map_or(Ok(String::new()), |place| place.text())?,
        office: inputs.need("office")?.text()?,
        trade_mode: inputs.need("trade_mode")?.text()?,
        hs10: inputs.need("hs10")?.text()?,
        rebate_wanted: inputs.flag("rebate_wanted", false)?,
    })
}

fn declare(inputs: &Node<'_>) -> Result<Declare, Malformed> {
    let fen = |name: &str| inputs.get(name).map_or(Ok(Fen::ZERO), |value| value.fen());
    let lines = inputs.need("lines")?;
    let lines = match lines.items()? {
        items if items.is_empty() => return Err(lines.wrong("a list has at least one line")),
        items => items.iter().map(case_line).collect::<Result<Vec<_>, _>>()?,
    };
    let payment = match inputs.get("payment") {
        None => None,
        Some(payment) => Some(Payment {
            amount: payment.need("amount_fen")?.fen()?,
            currency: payment.get("currency").map_or(Ok("142".to_owned()), |currency| currency.text())?,
            payer_is_buyer: payment.flag("payer_is_buyer", true)?,
        }),
    };
    Ok(Declare {
        trade_mode: inputs.need("trade_mode")?.text()?,
        day: inputs.need("decl_time")?.day()?,
        freight: fen("freight_fen")?,
        insurance: fen("insurance_fen")?,
        promotion: fen("promo_reduction_fen")?,
        noncash: fen("noncash_deduction_fen")?,
        guarantee: inputs.get("guarantee_available_fen").map(|value| value.fen()).transpose()?,
        lines,
        payment,
    })
}

fn case_line(line: &Node<'_>) -> Result<CaseLine, Malformed> {
    let optional = |name: &str| line.get(name).map(|value| value.measure()).transpose();
    let content = optional("content_qty")?;
    let year_limit = optional("annual_qty_limit")?;
    if year_limit.is_some() && content.is_none() {
        return Err(line.wrong("annual_qty_limit needs content_qty"));
    }
    let ct = line.get("ct");
    let consumption = match &ct {
        None => Consumption::None,
        Some(ct) => {
            let kind = ct.need("kind")?;
            let rate = || ct.need("rate")?.rate();
            let fen_per_unit = || ct.need("fen_per_unit")?.measure();
            let quantity = || line.need("stat_qty")?.measure();
            match kind.text()?.as_str() {
                "none" => Consumption::None,
                "ad_valorem" => Consumption::AdValorem { rate: rate()? },
                "specific" => Consumption::Specific { fen_per_unit: fen_per_unit()?, quantity: quantity()? },
                "compound" => {
                    Consumption::Compound { rate: rate()?, fen_per_unit: fen_per_unit()?, quantity: quantity()? }
                }
                "threshold" => Consumption::Threshold {
                    rate: rate()?,
                    fen_per_content: ct.need("threshold_fen_per_content")?.measure()?,
                    content: line.need("content_qty")?.measure()?,
                },
                _ => return Err(kind.wrong("should be none, ad_valorem, specific, compound or threshold")),
            }
        }
    };
    let duty = line.get("duty_rate").map_or(Ok(Fraction::ZERO), |rate| rate.measure())?;
    Ok(CaseLine {
        gnum: line.need("gnum")?.gnum()?,
        hs8: line.get("hs8").map_or(Ok(String::new()), |hs8| hs8.text())?,
        price: Price(line.need("unit_price_yuan")?.scaled()?),
        qty: Quantity(line.need("qty")?.scaled()?),
        rates: Rates { duty, vat: line.need("vat_rate")?.rate()?, consumption },
        content,
        on_positive_list: line.flag("on_positive_list", true)?,
        bonded_only: line.flag("bonded_only", false)?,
        year_limit,
    })
}

fn give(inputs: &Node<'_>) -> Result<Give, Malformed> {
    let lines = inputs.need("lines")?;
    let line = |line: &Node<'_>| Ok((line.need("gnum")?.gnum()?, Quantity(line.need("qty")?.scaled()?)));
    let lines = match lines.items()? {
        items if items.is_empty() => return Err(lines.wrong("a return has at least one line")),
        items => items.iter().map(line).collect::<Result<_, _>>()?,
    };
    let applied = inputs.need("apply_time")?.day()?;
    let arrived = inputs.get("arrive_time").map_or(Ok(applied), |time| time.day())?;
    Ok(Give { list: inputs.need("list")?.text()?, applied, arrived, lines })
}

/// A value with its place.
struct Node<'v> {
    place: String,
    value: &'v Value,
}

impl<'v> Node<'v> {
    fn wrong(&self, what: &str) -> Malformed {
        let place = if self.place.is_empty() { "the file" } else { self.place.as_str() };
        Malformed { place: place.to_owned(), what: what.to_owned() }
    }

    fn child(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }

    /// The member, where it is there and not null.
    fn get(&self, name: &str) -> Option<Node<'v>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Node { place: self.child(name), value })
    }

    fn need(&self, name: &str) -> Result<Node<'v>, Malformed> {
        self.get(name).ok_or_else(|| Malformed { place: self.child(name), what: "is missing".into() })
    }

    fn items(&self) -> Result<Vec<Node<'v>>, Malformed> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("should be an array"))?;
        let item = |(n, value)| Node { place: format!("{}[{n}]", self.place), value };
        Ok(items.iter().enumerate().map(item).collect())
    }

    fn entries(&self) -> Result<Vec<(String, Node<'v>)>, Malformed> {
        let entries = self.value.as_object().ok_or_else(|| self.wrong("should be an object"))?;
        Ok(entries.iter().map(|(key, value)| (key.clone(), Node { place: self.child(key), value })).collect())
    }

    fn text(&self) -> Result<String, Malformed> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(self.wrong("should be a text")),
        }
    }

    fn flag(&self, name: &str, default: bool) -> Result<bool, Malformed> {
        match self.get(name) {
            None => Ok(default),
            Some(node) => node.value.as_bool().ok_or_else(|| node.wrong("should be true or false")),
        }
    }

    fn fen(&self) -> Result<Fen, Malformed> {
        self.value.as_i64().map(Fen).ok_or_else(|| self.wrong("should be a whole number of fen"))
    }

    /// An amount up to which sums of a few stay within what is reckoned with.
    fn not_negative(&self) -> Result<Fen, Malformed> {
        let fen = self.fen()?;
        let sane = (0..=1_000_000_000_000_000).contains(&fen.0);
        sane.then_some(fen).ok_or_else(|| self.wrong("should be 0 to 10 trillion yuan"))
    }

    fn gnum(&self) -> Result<u32, Malformed> {
        let gnum = self.value.as_u64().and_then(|n| u32::try_from(n).ok());
        gnum.ok_or_else(|| self.wrong("should be a line number"))
    }

    fn year(&self, key: &str) -> Result<i32, Malformed> {
        key.parse().ok().filter(|y| (1583..=9999).contains(y)).ok_or_else(|| self.wrong("should stand under a year"))
    }

    fn day(&self) -> Result<Day, Malformed> {
        let moment = Moment::parse(&self.text()?).map(Moment::day);
        moment.ok_or_else(|| self.wrong("should be a date, or an instant with its zone"))
    }

    fn fraction(&self) -> Result<Fraction, Malformed> {
        let wrong = || self.wrong("should be a decimal or a fraction of at most fifteen digits");
        Fraction::parse(&self.text()?).ok_or_else(wrong)
    }

    /// A rate or quantity that is not negative.
    fn measure(&self) -> Result<Fraction, Malformed> {
        Some(self.fraction()?).filter(|f| !f.is_negative()).ok_or_else(|| self.wrong("is negative"))
    }

    /// A rate below 1.
    fn rate(&self) -> Result<Fraction, Malformed> {
        Some(self.measure()?).filter(|&f| f < Fraction::ONE).ok_or_else(|| self.wrong("should be a rate below 1"))
    }

    /// Hundred-thousandths, as prices and quantities are kept.
    fn scaled(&self) -> Result<i64, Malformed> {
        let (num, den) = self.fraction()?.parts();
        let scaled = i128::from(num) * i128::from(SCALE);
        let exact = scaled % i128::from(den) == 0;
        let whole = i64::try_from(scaled / i128::from(den)).ok().filter(|_| exact);
        whole.ok_or_else(|| self.wrong("has more than five decimals"))
    }
}

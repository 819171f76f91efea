//! The shop's goods: the rate of each line, its article, and what it comes to.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::{Article, RevenueGroup, VatKind},
    profile::settings::{Handling, Lines, PerVatKind},
};
use winkelbrug_protocol::record::{Line, Product, RateKind};

use super::{
    Case, Entry, HALF, margin, standing,
    vat::{self, Sale, class_percent, levy, rates_of},
    whole, with_vat,
};

/// A line of goods as it has to stand in the books, and its amount without VAT.
pub struct Good {
    pub entry: Option<Entry>,
    /// The levy in its price, where that stands on an article of its own.
    pub levy: Option<Entry>,
    pub percent: Decimal,
    pub net: Decimal,
    /// The shop recorded its rate, or it cost nothing.
    pub told: bool,
}

/// All lines; reasons to hold are noted.
pub fn goods(case: &mut Case<'_>, sale: &Sale) -> Vec<Good> {
    let lines = case.order.lines.iter().filter(|line| !line.heading);
    lines.map(|line| good(case, sale, line)).collect()
}

fn good(case: &mut Case<'_>, sale: &Sale, line: &Line) -> Good {
    let against = line.quantity.is_sign_negative() && line.total >= HALF;
    if (line.quantity.is_zero() && line.total.abs() >= HALF) || against {
        case.hold("regel-tegenstrijdig");
    }
    let rate = rate(case, sale, line);
    if let Some(percent) = rate.filter(|_| !sale.without_vat())
        && !knows(case, sale, percent)
    {
        case.hold("btw-tarief-onbekend");
    }
    let nothing = line.quantity.is_zero() || (line.code.is_empty() && line.total.abs() < HALF);
    let mut good = Good {
        entry: None,
        levy: None,
        percent: rate.unwrap_or_default(),
        net: line.total,
        told: line.percent.is_some() || rate.is_none(),
    };
    if nothing {
        return good;
    }
    let Some((code, group)) = article(case, sale, line, rate) else {
        return good;
    };
    let percent = rate.or_else(|| sale.percent(&group)).unwrap_or_default();
    let mut entry = Entry {
        exact: match line.total_incl {
            Some(gross) if !sale.without_vat() => gross,
            _ => with_vat(line.total, percent),
        },
        settled: own_price(case, sale, line, &group, percent),
        code,
        kind: group.vat,
        ledger: group.ledger.clone(),
        percent,
        slack: dec!(0),
        quantity: line.quantity,
        goods: true,
        sold: true,
        margin: margin::beside(case, line).is_some(),
    };
    if entry.settled.is_none() {
        good.levy = levy_within(case, sale, line, entry.kind);
        entry.exact -= good.levy.as_ref().map_or(dec!(0), |levy| levy.exact);
    }
    good.entry = Some(entry);
    good
}

/// A levy that is part of the line's price goes to the article set for levies of its kind of VAT, if one is.
fn levy_within(case: &mut Case<'_>, sale: &Sale, line: &Line, kind: VatKind) -> Option<Entry> {
    let levy = line.levy.as_ref()?;
    let (percent, exact) = if sale.without_vat() {
        (dec!(0), levy.net)
    } else {
        (levy.percent.normalize(), levy.net + levy.vat)
    };
    let bearing = bearing(case, sale, percent);
    let fits = |group: &RevenueGroup| {
        if sale.without_vat() {
            group.vat == kind
        } else {
            bearing.contains(&group.id)
        }
    };
    let setting = case.settings.sales.levy_article.clone();
    let groups = case.facts.lookups.revenue_groups.iter();
    let kinds: Vec<VatKind> = groups
        .filter(|group| fits(group))
        .map(|group| group.vat)
        .collect();
    if exact.is_zero() || kinds.iter().all(|kind| setting.get(*kind).is_none()) {
        return None;
    }
    // One article for all levies may be meant for those of another kind.
    if let PerVatKind::One(code) = &setting {
        let mut articles = case.facts.articles.iter();
        let article = articles.find(|article| article.code == *code)?;
        let mut groups = case.facts.lookups.revenue_groups.iter();
        let group = groups.find(|group| group.id == article.revenue_group)?;
        if !fits(group) {
            return None;
        }
    }
    let (code, group) = named(case, &setting, fits)?;
    Some(standing::entry(code, &group, percent, exact))
}

/// The percentage the shop charged; none where the line cost nothing.
fn rate(case: &mut Case<'_>, sale: &Sale, line: &Line) -> Option<Decimal> {
    if line.price.is_zero() && line.tax.is_zero() {
        return None;
    }
    if sale.without_vat() {
        return Some(dec!(0));
    }
    if let Some(percent) = line.percent {
        return Some(percent.normalize());
    }
    let of_class: Vec<Decimal> = line.tax_class.as_ref().map_or(Vec::new(), |class| {
        let rates = rates_of(case, class).into_iter();
        let percents = rates.filter(|rate| rate.kind == RateKind::Percent);
        percents.map(|rate| rate.rate.normalize()).collect()
    });
    let fixed: Vec<Decimal> = match &line.tax_class {
        Some(class) => vec![levy(case, sale, class), dec!(0)],
        None => sale
            .levies
            .iter()
            .map(|(_, _, each)| *each)
            .chain([dec!(0)])
            .collect(),
    };
    let off = |percent: Decimal| {
        let due = line.price * percent / dec!(100);
        let offs = fixed.iter().map(|fixed| (line.tax - fixed - due).abs());
        offs.min().unwrap()
    };
    // A tax kept in four decimals names its rate beyond doubt; one in cents is the nearest there is.
    let mut every = of_class.clone();
    every.extend(sale.charged());
    every.push(dec!(0));
    if line.tax_class.is_none() {
        let shop = case.facts.shop.tax_rates.iter();
        let percents = shop.filter(|rate| rate.kind == RateKind::Percent);
        every.extend(percents.map(|rate| rate.rate.normalize()));
    }
    let nearest = |among: &[Decimal], within: Decimal| {
        let mut near: Vec<Decimal> = among
            .iter()
            .copied()
            .filter(|percent| off(*percent) <= within)
            .collect();
        near.sort_by_key(|percent| off(*percent));
        near.first().copied()
    };
    let found = nearest(&of_class, dec!(0.0006)).or_else(|| nearest(&every, dec!(0.006)));
    if found.is_none() {
        case.hold("btw-tarief-onbekend");
    }
    found
}

/// Code and group of the article that has to bear the line.
fn article(
    case: &mut Case<'_>,
    sale: &Sale,
    line: &Line,
    rate: Option<Decimal>,
) -> Option<(String, RevenueGroup)> {
    if let Some(bearer) = vat::bearer(case, line)
        && sale.reverse_charged.is_some()
    {
        return reverse_charged(case, line, &bearer);
    }
    if line.code.is_empty() {
        let setting = case.settings.sales.default_article.clone();
        let class = line.tax_class.as_ref();
        let at_home = class.and_then(|class| class_percent(case, class, &sale.home));
        return match rate.filter(|_| !sale.without_vat()) {
            Some(percent) => {
                let bearing = bearing(case, sale, percent);
                named(case, &setting, |group| bearing.contains(&group.id))
            }
            None => named(case, &setting, |group| {
                at_home.is_some_and(|percent| sale.is_domestic(group.vat, percent))
            }),
        };
    }
    let (code, group) = match by_its_field(case, line)? {
        Some(article) => {
            let group = group_of(case, &article)?;
            (article.code, group)
        }
        None => (line.code.clone(), new(case, line)?),
    };
    if let Some(charged) = rate.filter(|_| !sale.without_vat())
        && !sale.bears(&group, charged)
    {
        case.hold("btw-wijkt-af");
    }
    let class = line.tax_class.as_ref();
    if let Some(class) = class.and_then(|class| class_percent(case, class, &sale.home))
        && !sale.is_domestic(group.vat, class)
    {
        case.hold("btw-wijkt-af");
    }
    Some((code, group))
}

/// On the product's own article where that stands in the bearer's group, else on the bearer.
fn reverse_charged(
    case: &mut Case<'_>,
    line: &Line,
    bearer: &str,
) -> Option<(String, RevenueGroup)> {
    let articles = case.facts.articles.iter();
    let active = |code: &str| {
        let mut articles = articles.clone();
        articles
            .find(|article| article.active && article.code == code)
            .cloned()
    };
    let Some(bearing) = active(bearer) else {
        case.hold("artikel-ontbreekt");
        return None;
    };
    let own = active(line.code.trim());
    let own = own.filter(|own| own.revenue_group == bearing.revenue_group);
    let article = own.unwrap_or(bearing);
    let group = group_of(case, &article)?;
    Some((article.code, group))
}

/// Does any group of the books bear that rate on this order?
pub fn knows(case: &Case<'_>, sale: &Sale, percent: Decimal) -> bool {
    let mut groups = case.facts.lookups.revenue_groups.iter();
    groups.any(|group| sale.bears(group, percent))
}

/// Ids of the groups that bear it: those known to, else all a booked invoice may name a ledger for.
pub fn bearing(case: &Case<'_>, sale: &Sale, percent: Decimal) -> Vec<String> {
    let groups = case.facts.lookups.revenue_groups.iter();
    let known = groups
        .clone()
        .filter(|group| sale.percent(group) == Some(percent));
    let known: Vec<String> = known.map(|group| group.id.clone()).collect();
    if !known.is_empty() {
        return known;
    }
    let any = groups.filter(|group| sale.bears(group, percent));
    any.map(|group| group.id.clone()).collect()
}

/// The article by the field that holds the shop's code; one that has it as its own code while an extra
/// field is still empty is meant too.
fn by_its_field(case: &mut Case<'_>, line: &Line) -> Option<Option<Article>> {
    let field = case.settings.articles.code_field.clone();
    let found = in_field(case, &field, &line.code)?;
    if found.is_some() || ["artikelcode", "omschrijving"].contains(&field.as_str()) {
        return Some(found);
    }
    let found = in_field(case, "artikelcode", &line.code)?;
    let taken = found.as_ref().is_some_and(|article| {
        !article.field(&field).is_empty() || case.settings.articles.handling == Handling::Manual
    });
    if taken {
        case.hold("artikelcode-bezet");
        return None;
    }
    Some(found)
}

fn in_books(case: &mut Case<'_>, code: &str) -> Option<Option<Article>> {
    in_field(case, "artikelcode", code)
}

/// The active article with that code in that field: the outer none where that is not to be told.
fn in_field(case: &mut Case<'_>, field: &str, code: &str) -> Option<Option<Article>> {
    let articles = case.facts.articles.iter();
    let same: Vec<&Article> = articles
        .filter(|article| article.field(field).trim() == code.trim())
        .collect();
    let active: Vec<&Article> = same.iter().copied().filter(|a| a.active).collect();
    match (active.len(), same.len()) {
        (1, _) => Some(Some(active[0].clone())),
        (0, 0) => Some(None),
        (0, _) => {
            case.hold("artikel-niet-actief");
            None
        }
        _ => {
            case.hold("artikel-dubbel");
            None
        }
    }
}

fn group_of(case: &mut Case<'_>, article: &Article) -> Option<RevenueGroup> {
    let mut groups = case.facts.lookups.revenue_groups.iter();
    let found = groups
        .find(|group| group.id == article.revenue_group)
        .cloned();
    if found.is_none() {
        case.hold("omzetgroep-onbekend");
    }
    found
}

/// A new article: only in the group of the product's own tax class.
fn new(case: &mut Case<'_>, line: &Line) -> Option<RevenueGroup> {
    let articles = &case.settings.articles;
    if articles.handling == Handling::Manual || articles.code_field == "omschrijving" {
        case.hold("artikel-ontbreekt");
        return None;
    }
    let company = case.facts.company.as_ref().unwrap();
    let most = company.article_code_length;
    let digits = line.code.bytes().all(|b| b.is_ascii_digit());
    if (most > 0 && line.code.chars().count() > most) || (company.numeric_article_codes && !digits)
    {
        case.hold("artikelcode-niet-toegestaan");
    }
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let chosen = match by_category(case, line) {
        Some(chosen) => chosen,
        None => {
            let anew = || {
                let mut products = case.facts.products.iter();
                let of_code = products.find(|product| product.code == line.code)?;
                Some(of_code.tax_class.clone())
            };
            let Some(class) = &line.tax_class.clone().or_else(anew) else {
                case.hold("product-verdwenen");
                return None;
            };
            let chosen = &case.settings.articles.revenue_groups;
            let chosen = [&class.name, &class.id].into_iter().find_map(|name| {
                let mut of_class = chosen.iter().filter(|(key, _)| same(key, name));
                of_class.next().map(|(_, group)| group.clone())
            });
            let Some(chosen) = chosen else {
                case.hold("omzetgroep-niet-gekozen");
                return None;
            };
            chosen
        }
    };
    let mut groups = case.facts.lookups.revenue_groups.iter();
    let found = groups
        .find(|group| same(&group.name, &chosen) || group.number.to_string() == chosen.trim());
    if found.is_none() {
        case.hold("omzetgroep-ontbreekt");
    }
    found.cloned()
}

/// The group of the product's category, which goes before its tax class.
fn by_category(case: &mut Case<'_>, line: &Line) -> Option<String> {
    let products = &case.facts.products;
    let of_line = |product: &&Product| Some(&product.id) == line.product_id.as_ref();
    let product = products
        .iter()
        .filter(of_line)
        .find(|product| product.code == line.code)
        .or_else(|| products.iter().find(of_line))?;
    let parent = products
        .iter()
        .find(|parent| Some(&parent.id) == product.parent_id.as_ref());
    let mut categories = product.categories.clone();
    if categories.is_empty() {
        categories = parent.map_or(Vec::new(), |parent| parent.categories.clone());
    }
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let chosen = &case.settings.articles.revenue_groups_by_category;
    let groups: BTreeSet<String> = categories
        .iter()
        .filter_map(|category| {
            [&category.name, &category.id].into_iter().find_map(|name| {
                let mut named = chosen.iter().filter(|(key, _)| same(key, name));
                named.next().map(|(_, group)| group.clone())
            })
        })
        .collect();
    if groups.len() > 1 {
        case.hold("omzetgroep-niet-eenduidig");
    }
    groups.into_iter().next()
}

/// The article a setting names whose group fits.
pub fn named(
    case: &mut Case<'_>,
    setting: &PerVatKind,
    fits: impl Fn(&RevenueGroup) -> bool,
) -> Option<(String, RevenueGroup)> {
    let codes: Vec<String> = match setting {
        PerVatKind::One(code) => vec![code.clone()],
        PerVatKind::Each(codes) => {
            let order = [VatKind::Hoog, VatKind::Laag, VatKind::Geen, VatKind::Overig];
            order
                .iter()
                .filter_map(|kind| codes.get(kind).cloned())
                .collect()
        }
    };
    let mut found = Vec::new();
    for code in codes.into_iter().filter(|code| !code.is_empty()) {
        let article = in_books(case, &code)??;
        let group = group_of(case, &article)?;
        if fits(&group) {
            found.push((code, group));
        }
    }
    if found.is_empty() {
        case.hold("artikel-niet-ingesteld");
        case.hold("artikel-ontbreekt");
        case.hold("btw-wijkt-af");
        return None;
    }
    Some(found.swap_remove(0))
}

/// Where the owner wants the books' own prices: a price a piece, rounded before it is multiplied.
fn own_price(
    case: &Case<'_>,
    sale: &Sale,
    line: &Line,
    group: &RevenueGroup,
    percent: Decimal,
) -> Option<i64> {
    if case.settings.sales.lines != Lines::CodeAndQuantity || line.code.is_empty() {
        return None;
    }
    // Many goods stand on one article then, and it has no price for each.
    if sale.reverse_charged.is_some() && vat::bearer(case, line).is_some() {
        return None;
    }
    let mut articles = case.facts.articles.iter();
    let field = &case.settings.articles.code_field;
    let article = articles.find(|article| article.field(field) == line.code && article.active)?;
    let pieces = line.quantity.abs().floor().max(dec!(1));
    let mut agreed = case.facts.prices.iter();
    let agreed = agreed.find(|price| price.article == article.id && price.quantity == pieces);
    let price = agreed.map_or(article.price, |agreed| agreed.price);
    let home = sale.domestic.get(&group.vat).copied().unwrap_or_default();
    let net = if case
        .facts
        .company
        .as_ref()
        .unwrap()
        .article_prices_exclude_vat
    {
        price
    } else {
        price / (dec!(1) + home / dec!(100))
    };
    let each = Decimal::new(whole(with_vat(net, percent)), 2);
    Some(whole(each * line.quantity))
}

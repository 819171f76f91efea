//! Rights as SnelStart's scopes name them (SnelStart B2B v2: the scope of each operation).

use crate::administration::Right;

/// Those of the wanted rights that a token with these scopes does not give; none where it does not
/// say what it may do.
pub fn missing(scopes: Option<Vec<String>>, wanted: &[Right]) -> Vec<Right> {
    let Some(scopes) = scopes else {
        return Vec::new();
    };
    let has = |right: &&Right| scopes.iter().any(|scope| scope == of(**right));
    wanted.iter().filter(|right| !has(right)).copied().collect()
}

/// The scope that gives a right.
const fn of(right: Right) -> &'static str {
    match right {
        Right::ReadSettings => "settings:read",
        Right::ReadRelations => "relaties:read",
        Right::WriteRelations => "relaties:write",
        Right::ReadArticles => "artikelen:read",
        Right::WriteArticles => "artikelen:write",
        Right::ReadOrders => "orders:read",
        Right::WriteOrders => "orders:write",
        Right::ReadBookings => "boekhouden:read",
        Right::WriteBookings => "boekhouden:write",
        Right::ReadBank => "bankieren:read",
        Right::WriteBank => "bankieren:write",
        Right::ReadCash => "kas:read",
        Right::WriteCash => "kas:write",
    }
}

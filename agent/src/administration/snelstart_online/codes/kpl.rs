//! Cost centres.

use super::{Known, SETTING, SNELSTART, bug, refused, setup};

pub(super) const CODES: &[Known] = &[
    setup(
        1,
        "de kostenplaats bestaat niet",
        "the cost centre does not exist",
        SETTING,
    ),
    bug(
        2,
        "het id van de kostenplaats bestaat al",
        "the cost centre's id exists already",
    ),
    bug(
        3,
        "het id van de kostenplaats ontbreekt",
        "the cost centre's id is missing",
    ),
    refused(
        4,
        "de omschrijving van de kostenplaats ontbreekt",
        "the cost centre's description is missing",
        SNELSTART,
    ),
    refused(
        5,
        "de omschrijving van de kostenplaats is langer dan 50 tekens",
        "the cost centre's description is longer than 50 characters",
        SNELSTART,
    ),
    refused(
        6,
        "het nummer van de kostenplaats ontbreekt",
        "the cost centre's number is missing",
        SNELSTART,
    ),
    refused(
        7,
        "het nummer van de kostenplaats ligt niet tussen 1 en 999999999",
        "the cost centre's number is not between 1 and 999999999",
        SNELSTART,
    ),
    refused(
        8,
        "het nummer van de kostenplaats bestaat al",
        "the cost centre's number exists already",
        SNELSTART,
    ),
    refused(
        9,
        "een nieuwe kostenplaats kan niet inactief zijn",
        "a new cost centre cannot be inactive",
        SNELSTART,
    ),
];

//! Countries by ISO 3166 two-letter code, with their Dutch names.

/// Code and name, one a line.
pub(super) const COUNTRIES: &str = "\
NL Nederland
BE België
DE Duitsland
FR Frankrijk
LU Luxemburg
GB Verenigd Koninkrijk
AT Oostenrijk
BG Bulgarije
CY Cyprus
CZ Tsjechië
DK Denemarken
EE Estland
ES Spanje
FI Finland
GR Griekenland
HR Kroatië
HU Hongarije
IE Ierland
IT Italië
LT Litouwen
LV Letland
MT Malta
PL Polen
PT Portugal
RO Roemenië
SE Zweden
SI Slovenië
SK Slowakije
CH Zwitserland
NO Noorwegen
IS IJsland
LI Liechtenstein
MC Monaco
AD Andorra
SM San Marino
VA Vaticaanstad
AL Albanië
BA Bosnië en Herzegovina
BY Belarus
GI Gibraltar
GG Guernsey
IM Man
JE Jersey
FO Faeröer
GL Groenland
MD Moldavië
ME Montenegro
MK Noord-Macedonië
RS Servië
TR Turkije
UA Oekraïne
RU Rusland
GE Georgië
AM Armenië
AZ Azerbeidzjan
KZ Kazachstan
UZ Oezbekistan
US Verenigde Staten
CA Canada
MX Mexico
BR Brazilië
AR Argentinië
CL Chili
CO Colombia
PE Peru
UY Uruguay
PY Paraguay
BO Bolivia
EC Ecuador
VE Venezuela
SR Suriname
GY Guyana
AW Aruba
CW Curaçao
SX Sint-Maarten
BQ Caribisch Nederland
CR Costa Rica
PA Panama
GT Guatemala
HN Honduras
NI Nicaragua
SV El Salvador
CU Cuba
DO Dominicaanse Republiek
JM Jamaica
TT Trinidad en Tobago
BS Bahama's
BB Barbados
AU Australië
NZ Nieuw-Zeeland
JP Japan
CN China
HK Hongkong
TW Taiwan
KR Zuid-Korea
SG Singapore
MY Maleisië
TH Thailand
VN Vietnam
ID Indonesië
PH Filipijnen
IN India
PK Pakistan
BD Bangladesh
LK Sri Lanka
NP Nepal
AE Verenigde Arabische Emiraten
SA Saoedi-Arabië
QA Qatar
KW Koeweit
BH Bahrein
OM Oman
IL Israël
JO Jordanië
LB Libanon
EG Egypte
MA Marokko
TN Tunesië
DZ Algerije
ZA Zuid-Afrika
NG Nigeria
GH Ghana
KE Kenia
TZ Tanzania
UG Oeganda
ET Ethiopië
SN Senegal
CI Ivoorkust
CM Kameroen
AO Angola
MZ Mozambique
NA Namibië
MU Mauritius
IR Iran
IQ Irak";

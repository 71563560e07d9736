import type { Path } from "../mapping/path.ts";

/** A column's name without what people write differently: `Kunden-Nr.` and `kunden_nr` are `kundennr`. */
export function plainName(path: Path | string): string {
  const name = typeof path === "string" ? path : path.join(" ");
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** Names of columns by what they hold, in plain form; the surest first. */
export const IDENTIFIER_NAMES: Readonly<Record<string, readonly string[]>> = {
  userid: [
    "userid",
    "customerid",
    "customernumber",
    "customerno",
    "customernr",
    "kundennummer",
    "kundennr",
    "kundenid",
    "kundeid",
    "contentid",
    "usernumber",
    "memberid",
    "accountid",
    "clientid",
  ],
  email: [
    "email",
    "emailaddress",
    "mail",
    "emailadresse",
    "mailadresse",
    "useremail",
    "customeremail",
    "epost",
    "courriel",
  ],
  phone: [
    "phone",
    "phonenumber",
    "telephone",
    "tel",
    "telefon",
    "telefonnummer",
    "mobile",
    "mobilephone",
    "handy",
    "mobil",
    "telefonnr",
  ],
  coid: ["coid", "cookieid", "cookie", "visitorid", "rsa"],
};

/** A time at which a row about a person was true. */
export const CHANGED_NAMES = [
  "updatedat",
  "updated",
  "modifiedat",
  "modified",
  "changedat",
  "changed",
  "lastmodified",
  "lastupdated",
  "lastchange",
  "timestamp",
  "geändert",
  "geändertam",
  "aktualisiert",
  "aktualisiertam",
  "stand",
];

/** A time at which an event happened. */
export const HAPPENED_NAMES = [
  "time",
  "timestamp",
  "eventtime",
  "at",
  "datetime",
  "occurredat",
  "date",
  "orderdate",
  "invoicedate",
  "purchasedate",
  "createdat",
  "created",
  "datum",
  "zeitpunkt",
  "bestelldatum",
  "rechnungsdatum",
  "zeit",
];

/** What orders the rows of one time. */
export const TIE_NAMES = ["version", "revision", "sequence", "seq", "sequencenumber", "versionsnummer"];

export const EVENT_NAMES = [
  "event",
  "eventtype",
  "eventname",
  "type",
  "action",
  "activity",
  "p1",
  "ereignis",
  "aktion",
];

/** What makes an event the same when it comes again. */
export const KEY_NAMES = ["eventid", "uuid", "guid", "id", "messageid", "transactionid", "rowid", "lineid"];
/** An order has several lines; with one of the second group it names one of them. */
export const ORDER_NAMES = [
  "orderid",
  "orderno",
  "ordernumber",
  "invoiceno",
  "invoice",
  "invoiceid",
  "bestellnummer",
  "bestellnr",
  "rechnungsnummer",
  "rechnungsnr",
  "p21",
];
export const LINE_NAMES = [
  "line",
  "lineno",
  "position",
  "pos",
  "stockcode",
  "sku",
  "productid",
  "product",
  "article",
  "artikel",
  "artikelnr",
  "artikelnummer",
  "item",
  "itemid",
  "p2",
];

/** What happened, by what a row tells of it; the first that has one of its columns. */
export const EVENTS_BY_COLUMNS: readonly { readonly event: string; readonly columns: readonly string[] }[] = [
  {
    event: "buy",
    columns: [
      ...ORDER_NAMES,
      "quantity",
      "price",
      "unitprice",
      "total",
      "amount",
      "menge",
      "preis",
      "betrag",
      "summe",
      "basket",
    ],
  },
  { event: "search", columns: ["search", "searchterm", "query", "keyword", "suchbegriff"] },
  { event: "visit", columns: ["url", "page", "path", "referrer", "pageurl", "seite"] },
];

const CODE =
  /(zip|zipcode|postcode|postalcode|postnr|plz|postleitzahl|sku|ean|gtin|isbn|phone|telefon|tel|mobile|handy|iban|code|nummer|nr)$/;

/** Digits that nobody counts with: postal codes, phone numbers, ids. */
export function looksLikeCode(path: Path): boolean {
  const name = path.at(-1) ?? "";
  return CODE.test(plainName(name)) || (/(?:^|[_\-. ])id$|[a-z]I[dD]$/i.test(name) && !/[a-z]id$/.test(name));
}

export function looksLikeTruth(path: Path): boolean {
  const name = path.at(-1) ?? "";
  return (
    /^(is|has|can|opt|allow|ist|hat)(?:[_\- ]|(?=[A-Z]))/.test(name) ||
    /(active|aktiv|subscribed|subscription|newsletter|consent|optin|enabled|deleted|gelöscht|verified|confirmed|blocked)$/.test(
      plainName(name),
    )
  );
}

/** What has no business in profiles. */
export function looksLikeSecret(path: Path): boolean {
  return /(password|passwd|passwort|passwordhash|secret|apikey|accesstoken|refreshtoken|salt)$/.test(
    plainName(path.slice(-1)),
  );
}

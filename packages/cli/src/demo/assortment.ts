/** One article of the invented shop. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly brand: string;
  /** In euros. */
  readonly price: number;
}

const BRANDS = ["Fjordlein", "Kestrel & Sons", "Oakmere", "Tallow", "Nordlicht", "Quillon"];

const ARTICLES: Record<string, readonly (readonly [name: string, price: number])[]> = {
  Tents: [
    ["Ridge two-person tent", 189],
    ["Family dome tent", 329],
    ["Trail bivouac", 119.5],
    ["Alpine storm tent", 449],
  ],
  Sleeping: [
    ["Down sleeping bag", 219],
    ["Summer blanket bag", 59.9],
    ["Self-inflating mat", 79],
    ["Camp pillow", 19.95],
  ],
  Cooking: [
    ["Gas stove", 49],
    ["Titanium pot", 64.5],
    ["Enamel mug", 11.9],
    ["Coffee press", 34],
    ["Folding grill", 42],
  ],
  Footwear: [
    ["Leather hiking boots", 199],
    ["Trail running shoes", 129],
    ["Camp sandals", 45],
    ["Merino socks", 17.5],
  ],
  Clothing: [
    ["Rain jacket", 159],
    ["Fleece", 79],
    ["Merino base layer", 69],
    ["Sun hat", 29],
    ["Wool gloves", 24.9],
  ],
  Climbing: [
    ["Rope 60 m", 139],
    ["Harness", 74],
    ["Set of carabiners", 58],
    ["Chalk bag", 18],
    ["Helmet", 66],
  ],
  Dogs: [
    ["Dog pack", 54],
    ["Folding water bowl", 12.5],
    ["Reflective leash", 21],
    ["Dog sleeping mat", 39],
  ],
};

/** The shop's articles: the same ones in the same order each time. */
export const ASSORTMENT: readonly Product[] = Object.entries(ARTICLES).flatMap(([category, articles], row) =>
  articles.map(([name, price], column) => ({
    id: `P${(row + 1) * 100 + column}`,
    name,
    category,
    brand: BRANDS[(row * 3 + column) % BRANDS.length] ?? "Oakmere",
    price,
  })),
);

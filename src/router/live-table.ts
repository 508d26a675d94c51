import type { Catalog } from "../profiles/catalog.ts";
import { overlayCatalog, overlayName } from "../profiles/overlay-catalog.ts";
import type { ListedApplicationProfile, RegionListing } from "../profiles/region-listing.ts";

/** What the control plane has told so far, laid over a table. `catalog` is another object whenever that has changed. */
export class LiveTable {
  readonly #base: () => Catalog;
  readonly #listings: Map<string, RegionListing> = new Map();
  readonly #profiles: Map<string, ListedApplicationProfile> = new Map();
  #catalog: Catalog | undefined;
  #name = "";

  constructor(base: () => Catalog) {
    this.#base = base;
  }

  /** What is known now. */
  get catalog(): Catalog {
    this.#catalog ??= this.#base();
    return this.#catalog;
  }

  /** What is known of a source Region now. Parts that are absent stay as they were. Tells whether that is news. */
  setListing(listing: RegionListing): boolean {
    const { sourceRegion } = listing;
    const before = this.#listings.get(sourceRegion);
    const merged: RegionListing = Object.freeze({ ...before, ...listing });
    this.#listings.set(sourceRegion, merged);
    return this.#renew(contentOf(before) !== contentOf(merged));
  }

  /** What is behind an application profile. Tells whether that is news. */
  setProfile(profile: ListedApplicationProfile): boolean {
    const before = this.#profiles.get(profile.arn);
    this.#profiles.set(profile.arn, Object.freeze(profile));
    return this.#renew(contentOf(before) !== contentOf(profile));
  }

  /** An application profile is gone. */
  dropProfile(arn: string): void {
    if (this.#profiles.delete(arn)) this.#renew(true);
  }

  /** What exists has been confirmed, or has changed. */
  #renew(changed: boolean): boolean {
    const base = this.#base();
    const listings = [...this.#listings.values()];
    this.#name = overlayName("live", listings, base.name);
    if (changed) {
      const applicationProfiles = [...this.#profiles.values()];
      this.#catalog = overlayCatalog(base, { name: () => this.#name, listings, applicationProfiles });
    }
    return changed;
  }
}

function contentOf(known: RegionListing | ListedApplicationProfile | undefined): string {
  return JSON.stringify({ ...known, asOf: "" });
}

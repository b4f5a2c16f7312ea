import { document } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';

/** The versions that this server can be set to; the last is what a new store begins with. */
const versions = ['8.0', '8.2'] as const;

/** A feature compatibility version of this server. */
export type FeatureCompatibilityVersion = (typeof versions)[number];

/** `_id` of the document in `admin.system.version` that keeps it. */
export const featureCompatibilityId = 'featureCompatibilityVersion';

/** What a new store begins with. */
export const newestFeatureCompatibility: FeatureCompatibilityVersion = '8.2';

/** Whether this server can be set to it. */
export function isFeatureCompatibilityVersion(version: unknown): version is FeatureCompatibilityVersion {
  return versions.some((known) => known === version);
}

/** featureCompatibilityVersion as getParameter shows it. */
export function describeFeatureCompatibility(version: FeatureCompatibilityVersion): BsonDocument {
  return document({ version });
}

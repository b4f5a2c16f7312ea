import { document } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Services } from '../services.ts';

/** featureCompatibilityVersion as getParameter shows it. */
export function describeFeatureCompatibility(services: Services): BsonDocument {
  return document({ version: services.featureCompatibility.version });
}

/** What is over a limit, by how much, and why it may be. A number here may go down, never up. */

/** Lines of files over 400. */
export const longFiles: Readonly<Record<string, { readonly lines: number; readonly why: string }>> = {};

/** Lines of functions over 60, as `path#name`. */
export const longFunctions: Readonly<Record<string, { readonly lines: number; readonly why: string }>> = {};

/** Names of error codes that nothing here raises and that are kept all the same, with the reason. */
export const unraisedCodes: Readonly<Record<string, string>> = {
  APIDeprecationError: "the drivers' tests bring it with a fail point and ask for its name",
  WriteConcernTimeout: "the drivers' tests bring it with a fail point",
};

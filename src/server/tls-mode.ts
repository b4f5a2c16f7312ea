/** Which clients are let in: only those without TLS, both kinds (the two differ only between servers), only those with it. */
export const tlsModes = ['disabled', 'allowTLS', 'preferTLS', 'requireTLS'] as const;

export type TlsMode = (typeof tlsModes)[number];

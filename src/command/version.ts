/** This program's own version; a test compares it with package.json. */
export const sojournVersion = '0.1.0';

/** The MongoDB version whose behaviour and wire protocol this server speaks. */
export const serverVersion = { text: '8.2.0', numbers: [8, 2, 0, 0] } as const;

/** Wire versions of that MongoDB; drivers choose features by the upper one. */
export const wireVersion = { min: 0, max: 27 } as const;

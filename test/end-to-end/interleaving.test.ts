import { describe } from 'vitest';
import { testGoldenScripts } from '../../src/session/golden-scripts.fake.ts';
import { InterleavingScript } from './interleaving.ts';

describe('the golden scripts of changing collections', () => {
  // Every block begins with a server of its own.
  testGoldenScripts(new URL('./interleaving/', import.meta.url), () => async (commands) => {
    const script = await InterleavingScript.start();
    try {
      return await script.run(commands);
    } finally {
      await script.stop();
    }
  });
});

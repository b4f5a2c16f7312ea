import { describe } from 'vitest';
import { testGoldenScripts } from './golden-scripts.fake.ts';
import { SessionScript } from './session-script.fake.ts';

describe('the golden scripts', () => {
  testGoldenScripts(new URL('./scripts/', import.meta.url), () => {
    const script = new SessionScript();
    return (commands) => script.run(commands);
  });
});

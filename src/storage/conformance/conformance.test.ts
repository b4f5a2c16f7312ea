import { lmdbFactory, memoryFactory } from './engine-factory.ts';
import { describeEngine } from './suite.ts';

describeEngine('memory', memoryFactory);
describeEngine('lmdb', lmdbFactory, { durable: true });

import type { UpdateOperator } from './modifier.ts';
import { addToSet } from './operator/$addToSet.ts';
import { bit } from './operator/$bit.ts';
import { currentDate } from './operator/$currentDate.ts';
import { inc } from './operator/$inc.ts';
import { max } from './operator/$max.ts';
import { min } from './operator/$min.ts';
import { mul } from './operator/$mul.ts';
import { pop } from './operator/$pop.ts';
import { pull } from './operator/$pull.ts';
import { pullAll } from './operator/$pullAll.ts';
import { push } from './operator/$push.ts';
import { rename } from './operator/$rename.ts';
import { set } from './operator/$set.ts';
import { setOnInsert } from './operator/$setOnInsert.ts';
import { unset } from './operator/$unset.ts';

const rows: readonly UpdateOperator[] = [
  addToSet,
  bit,
  currentDate,
  inc,
  max,
  min,
  mul,
  pop,
  pull,
  pullAll,
  push,
  rename,
  set,
  setOnInsert,
  unset,
];

/** Every update operator, by name. */
export const updateOperators: ReadonlyMap<string, UpdateOperator> = new Map(rows.map((row) => [row.name, row]));

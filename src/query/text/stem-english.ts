/** The stem of an English word, after M. F. Porter's second stemmer (snowballstem.org, "english"). */

const vowel = '[aeiouy]';
const exceptions: Readonly<Record<string, string>> = {
  skis: 'ski',
  skies: 'sky',
  dying: 'die',
  lying: 'lie',
  tying: 'tie',
  idly: 'idl',
  gently: 'gentl',
  ugly: 'ugli',
  early: 'earli',
  only: 'onli',
  singly: 'singl',
  sky: 'sky',
  news: 'news',
  howe: 'howe',
  atlas: 'atlas',
  cosmos: 'cosmos',
  bias: 'bias',
  andes: 'andes',
};
const invariants = new Set('inning outing canning herring earring proceed exceed succeed'.split(' '));

/** Endings of the second and third step, longest first, and what takes their place. */
const secondStep: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['ization', 'ize'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['iveness', 'ive'],
  ['tional', 'tion'],
  ['biliti', 'ble'],
  ['lessli', 'less'],
  ['entli', 'ent'],
  ['ation', 'ate'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['ousli', 'ous'],
  ['iviti', 'ive'],
  ['fulli', 'ful'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['abli', 'able'],
  ['izer', 'ize'],
  ['ator', 'ate'],
  ['alli', 'al'],
  ['bli', 'ble'],
];
const thirdStep: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['alize', 'al'],
  ['icate', 'ic'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];
const fourthStep = 'ement ance ence able ible ment ant ent ism ate iti ous ive ize al er ic'.split(' ');

/** The word must be in lower case. */
export function stemEnglish(word: string): string {
  if (word.length <= 2) return word;
  const exception = exceptions[word];
  if (exception !== undefined) return exception;
  const marked = word.replace(/^'/, '').replace(/^y|(?<=[aeiouy])y/g, 'Y');
  const [r1, r2] = regionsOf(marked);
  let stem = stepZeroAndPlurals(marked);
  if (invariants.has(stem)) return stem;
  stem = pastAndContinuous(stem, r1);
  stem = stem.replace(/(?<=.[^aeiouy])[yY]$/, 'i');
  stem = replaceEnding(stem, secondStep, r1);
  stem = afterSecond(stem, r1);
  stem = replaceEnding(stem, thirdStep, r1);
  if (stem.endsWith('ative') && stem.length - 5 >= r2) stem = stem.slice(0, -5);
  stem = dropEnding(stem, r2);
  return lastLetters(stem, r1, r2).replaceAll('Y', 'y');
}

/** Where the two regions begin: behind the first consonant that follows a vowel, and the same once more. */
function regionsOf(word: string): [number, number] {
  const prefix = /^(?:gener|commun|arsen)/.exec(word)?.[0];
  const first = prefix?.length ?? behindConsonant(word, 0);
  return [first, behindConsonant(word, first)];
}

function behindConsonant(word: string, from: number): number {
  const match = /[aeiouy][^aeiouy]/.exec(word.slice(from));
  return match === null ? word.length : from + match.index + 2;
}

function stepZeroAndPlurals(word: string): string {
  const bare = word.replace(/'s'$|'s$|'$/, '');
  if (bare.endsWith('sses')) return bare.slice(0, -2);
  if (/ie[ds]$/.test(bare)) return bare.length > 4 ? bare.slice(0, -2) : bare.slice(0, -1);
  if (/(?:us|ss)$/.test(bare)) return bare;
  return new RegExp(`${vowel}.+s$`).test(bare) ? bare.slice(0, -1) : bare;
}

function pastAndContinuous(word: string, r1: number): string {
  const agreed = /(eed|eedly)$/.exec(word);
  if (agreed !== null) return agreed.index >= r1 ? `${word.slice(0, agreed.index)}ee` : word;
  const ending = /(ingly|edly|ing|ed)$/.exec(word);
  if (ending === null || !/[aeiouy]/.test(word.slice(0, ending.index))) return word;
  const stem = word.slice(0, ending.index);
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem.slice(0, -1);
  return r1 >= stem.length && isShortSyllable(stem) ? `${stem}e` : stem;
}

function isShortSyllable(word: string): boolean {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word);
}

function replaceEnding(word: string, endings: readonly (readonly [string, string])[], region: number): string {
  for (const [ending, replacement] of endings) {
    if (!word.endsWith(ending)) continue;
    const at = word.length - ending.length;
    return at >= region ? word.slice(0, at) + replacement : word;
  }
  return word;
}

/** Endings of the second step that look at the letter before them. */
function afterSecond(word: string, r1: number): string {
  if (word.endsWith('logi') && word.length - 3 >= r1) return word.slice(0, -1);
  if (/[cdeghkmnrt]li$/.test(word) && word.length - 2 >= r1) return word.slice(0, -2);
  return word;
}

function dropEnding(word: string, r2: number): string {
  for (const ending of fourthStep) {
    if (!word.endsWith(ending)) continue;
    return word.length - ending.length >= r2 ? word.slice(0, -ending.length) : word;
  }
  return /[st]ion$/.test(word) && word.length - 3 >= r2 ? word.slice(0, -3) : word;
}

function lastLetters(word: string, r1: number, r2: number): string {
  const at = word.length - 1;
  if (word.endsWith('e')) {
    const isDropped = at >= r2 || (at >= r1 && !isShortSyllable(word.slice(0, -1)));
    return isDropped ? word.slice(0, -1) : word;
  }
  return word.endsWith('ll') && at >= r2 ? word.slice(0, -1) : word;
}

/** Geometry on the unit sphere: points are unit vectors, edges are the shorter arcs of great circles between them. */

export interface Vector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Metres of one radian on MongoDB's earth. */
export const earthRadiusMeters = 6_378_100;

const radiansPerDegree = Math.PI / 180;

export function vectorOf(longitude: number, latitude: number): Vector {
  const phi = latitude * radiansPerDegree;
  const theta = longitude * radiansPerDegree;
  return { x: Math.cos(theta) * Math.cos(phi), y: Math.sin(theta) * Math.cos(phi), z: Math.sin(phi) };
}

export function cross(a: Vector, b: Vector): Vector {
  return { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x };
}

export function dot(a: Vector, b: Vector): number {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

function length(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

export function normalized(a: Vector): Vector {
  const size = length(a) || 1;
  return { x: a.x / size, y: a.y / size, z: a.z / size };
}

function sum(a: Vector, b: Vector, factor = 1): Vector {
  return { x: a.x + b.x * factor, y: a.y + b.y * factor, z: a.z + b.z * factor };
}

/** Angle between two points, in radians. */
export function angleBetween(a: Vector, b: Vector): number {
  return Math.atan2(length(cross(a, b)), dot(a, b));
}

export function isSamePoint(a: Vector, b: Vector): boolean {
  return angleBetween(a, b) < 1e-15;
}

function isEqual(a: Vector, b: Vector): boolean {
  return a.x === b.x && a.y === b.y && a.z === b.z;
}

/** How far a point may lie from an arc and count as on it, in radians: less than a tenth of a millimetre. */
const tolerance = 1e-11;

/** Angle from a point to the nearest point of an arc. */
export function angleToArc(point: Vector, from: Vector, to: Vector): number {
  const normal = cross(from, to);
  const size = length(normal);
  const nearestEnd = Math.min(angleBetween(point, from), angleBetween(point, to));
  if (size < 1e-15) return nearestEnd;
  const isBeside = dot(cross(normal, from), point) >= 0 && dot(cross(to, normal), point) >= 0;
  return isBeside ? Math.abs(Math.asin(Math.max(-1, Math.min(1, dot(normal, point) / size)))) : nearestEnd;
}

export function isOnArc(point: Vector, from: Vector, to: Vector): boolean {
  return angleToArc(point, from, to) <= tolerance;
}

/** Whether two arcs cross at a point inside of both. */
export function doArcsCross(a: Vector, b: Vector, c: Vector, d: Vector): boolean {
  // Arcs with an end in common do not cross, whatever rounding makes of it.
  if (isEqual(a, c) || isEqual(a, d) || isEqual(b, c) || isEqual(b, d)) return false;
  const ab = cross(a, b);
  const acb = -dot(ab, c);
  const bda = dot(ab, d);
  if (acb * bda <= 0) return false;
  const cd = cross(c, d);
  const cbd = -dot(cd, b);
  const dac = dot(cd, a);
  return acb * cbd > 0 && acb * dac > 0;
}

/** Whether two arcs have a point in common. */
export function doArcsMeet(a: Vector, b: Vector, c: Vector, d: Vector): boolean {
  return doArcsCross(a, b, c, d) || isOnArc(a, c, d) || isOnArc(b, c, d) || isOnArc(c, a, b) || isOnArc(d, a, b);
}

/** A closed line without crossings; its inside lies to the left of its edges. */
export class Loop {
  readonly vertices: readonly Vector[];
  /** A point just left of the first edge: inside. */
  readonly #inside: Vector;
  #edges: readonly (readonly [Vector, Vector])[] | undefined;

  /** Vertices without the repeated first one, none equal to its neighbour. */
  constructor(vertices: readonly Vector[]) {
    this.vertices = vertices;
    const first = vertices[0] as Vector;
    const second = vertices[1] as Vector;
    const middle = normalized(sum(first, second));
    this.#inside = normalized(sum(middle, normalized(cross(first, second)), 1e-8));
  }

  /** The loop or its reverse, whichever has the smaller inside. */
  static smaller(vertices: readonly Vector[]): Loop {
    // Half of the sphere is not too much, and rounding adds up along many vertices.
    return areaOf(vertices) > 2 * Math.PI + 1e-9 ? new Loop([...vertices].reverse()) : new Loop(vertices);
  }

  edges(): readonly (readonly [Vector, Vector])[] {
    this.#edges ??= this.vertices.map((vertex, at) => [
      vertex,
      this.vertices[(at + 1) % this.vertices.length] as Vector,
    ]);
    return this.#edges;
  }

  isOnBoundary(point: Vector): boolean {
    return this.edges().some(([from, to]) => isOnArc(point, from, to));
  }

  /** Whether the point is inside; on the boundary counts as inside. */
  contains(point: Vector): boolean {
    if (this.isOnBoundary(point)) return true;
    let isInside = true;
    for (const [from, to] of this.edges()) if (doArcsCross(this.#inside, point, from, to)) isInside = !isInside;
    return isInside;
  }
}

/** Area to the left of a closed line, in steradians: what the turns at its vertices leave of a full circle. */
export function areaOf(vertices: readonly Vector[]): number {
  let turns = 0;
  const count = vertices.length;
  for (let at = 0; at < count; at++) {
    const before = vertices[(at + count - 1) % count] as Vector;
    const here = vertices[at] as Vector;
    const after = vertices[(at + 1) % count] as Vector;
    const arriving = cross(before, here);
    const leaving = cross(here, after);
    const angle = angleBetween(arriving, leaving);
    turns += dot(cross(arriving, leaving), here) >= 0 ? angle : -angle;
  }
  return 2 * Math.PI - turns;
}

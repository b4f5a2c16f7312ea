/**
 * Distances on a sphere of radius 1, as angles. A place is a unit vector; a line between two places is the shorter arc
 * of the great circle through them.
 */
export type Vector = readonly [x: number, y: number, z: number];

const radiansPerDegree = Math.PI / 180;

/** The place at a longitude and latitude in degrees. */
export function vectorAt(longitude: number, latitude: number): Vector {
  const theta = longitude * radiansPerDegree;
  const phi = latitude * radiansPerDegree;
  return [Math.cos(theta) * Math.cos(phi), Math.sin(theta) * Math.cos(phi), Math.sin(phi)];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** The angle between two places. */
export function angleBetween(a: Vector, b: Vector): number {
  return Math.atan2(norm(cross(a, b)), dot(a, b));
}

/** The angle between a place and the nearest place of an arc. */
export function angleToArc(place: Vector, from: Vector, to: Vector): number {
  const normal = cross(from, to);
  const length = norm(normal);
  const isBeside = length > 0 && dot(cross(normal, from), place) > 0 && dot(cross(to, normal), place) > 0;
  if (isBeside) return angleBetween(place, projected(place, normal));
  return Math.min(angleBetween(place, from), angleBetween(place, to));
}

/** The nearest place on the great circle that stands at right angles to `normal`. */
function projected(place: Vector, normal: Vector): Vector {
  const share = dot(place, normal) / dot(normal, normal);
  const foot: Vector = [place[0] - share * normal[0], place[1] - share * normal[1], place[2] - share * normal[2]];
  const length = norm(foot);
  return [foot[0] / length, foot[1] / length, foot[2] / length];
}

/** Whether a ring of places, smaller than half the sphere, goes around this place. */
export function isInside(place: Vector, ring: readonly Vector[]): boolean {
  let turned = 0;
  for (const [index, corner] of ring.entries()) {
    const next = ring[(index + 1) % ring.length] as Vector;
    const a = tangent(place, corner);
    const b = tangent(place, next);
    turned += Math.atan2(dot(place, cross(a, b)), dot(a, b));
  }
  return Math.abs(turned) > Math.PI;
}

/** The direction in which another place lies. */
function tangent(place: Vector, other: Vector): Vector {
  const along = dot(place, other);
  return [other[0] - along * place[0], other[1] - along * place[1], other[2] - along * place[2]];
}

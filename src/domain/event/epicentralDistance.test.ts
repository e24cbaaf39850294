import { expect, test } from 'vitest';
import { epicentralDistanceKm } from './epicentralDistance.ts';

const place = (latitudeDeg: number, longitudeDeg: number) => ({ latitudeDeg, longitudeDeg });

test('is along a great circle, whatever lies between', () => {
  const degree = (6371 * Math.PI) / 180;
  expect(epicentralDistanceKm(place(46, 10), place(46, 10))).toBe(0);
  expect(epicentralDistanceKm(place(10, 179.5), place(11, 179.5))).toBeCloseTo(degree, 9);
  expect(epicentralDistanceKm(place(0, 179.5), place(0, -179.5))).toBeCloseTo(degree, 9);
  expect(epicentralDistanceKm(place(60, 0), place(60, 1))).toBeCloseTo(55.5969, 3);
  expect(epicentralDistanceKm(place(90, 0), place(-90, 77))).toBeCloseTo(180 * degree, 6);
});

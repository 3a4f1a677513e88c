export const sumOf = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0)

/** The slope of the straight line that fits some points best (least squares). */
export function createSlope() {
  const points: [number, number][] = []
  return {
    add: (x: number, y: number) => void points.push([x, y]),
    value: (): number => {
      const [meanX, meanY] = [0, 1].map(axis => sumOf(points.map(point => point[axis]!)) / points.length)
      const products = points.map(([x, y]) => (x - meanX!) * (y - meanY!))
      return sumOf(products) / sumOf(points.map(([x]) => (x - meanX!) ** 2))
    },
  }
}

using System.Globalization;
using HdrHistogram;

namespace RaftAkka.Tool.Bench;

/// <summary>A histogram for a terminal: a row for each range of latencies, a bar for its share of the operations.</summary>
internal static class LatencyChart
{
    private const int BarWidth = 40;
    private const int RowsMax = 16;

    // A row that would be a thousandth of the longest bar or less is left to the last one, "and more".
    private const double TailPercentile = 99.9;

    private const string Eighths = " ▏▎▍▌▋▊▉█";

    // Steps of a decade: ten, five, three and one.
    private static readonly double[][] Grids =
    [
        [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8], [1, 1.6, 2.5, 4, 6.3], [1, 2, 5], [1],
    ];

    /// <summary>The rows, from the shortest latency to the longest.</summary>
    public static IReadOnlyList<string> Rows(LongHistogram microseconds)
    {
        if (microseconds.TotalCount == 0) return [];

        var rows = Ranges(microseconds);
        var most = rows.Max(row => row.Count);
        return [.. rows.Select(row => Row(row, most, microseconds.TotalCount))];
    }

    /// <summary>A row of small bars, one for each number, as high as it is large.</summary>
    public static string Sparkline(IEnumerable<double> numbers)
    {
        const string Bars = "▁▂▃▄▅▆▇█";
        var all = numbers.ToArray();
        var most = all.DefaultIfEmpty().Max();
        return string.Concat(all.Select(number =>
            Bars[most <= 0 ? 0 : (int)Math.Clamp(number / most * Bars.Length, 0, Bars.Length - 1)]));
    }

    private static List<(double Below, long Count)> Ranges(LongHistogram histogram)
    {
        var least = Math.Max(1, histogram.LowestEquivalentValue(histogram.GetValueAtPercentile(0)));
        var tail = histogram.GetValueAtPercentile(TailPercentile);
        var grid = Grids.FirstOrDefault(grid => Bounds(grid, least, tail).Count() <= RowsMax) ?? Grids[^1];

        var rows = new List<(double Below, long Count)>();
        var (total, before) = (histogram.TotalCount, 0L);
        foreach (var bound in Bounds(grid, least, tail))
        {
            var upTo = CountBelow(histogram, bound);
            rows.Add((bound, upTo - before));
            before = upTo;
        }
        if (before < total) rows.Add((double.PositiveInfinity, total - before));
        return rows;
    }

    // The upper bounds of the ranges, from the one that the least falls into to the one that the most does.
    private static IEnumerable<double> Bounds(double[] grid, double least, double most)
    {
        for (var decade = Math.Pow(10, Math.Floor(Math.Log10(least))); ; decade *= 10)
        {
            foreach (var step in grid)
            {
                var bound = decade * step;
                if (bound <= least) continue;
                yield return bound;
                if (bound > most) yield break;
            }
        }
    }

    private static long CountBelow(LongHistogram histogram, double bound)
    {
        var count = 0L;
        foreach (var value in histogram.RecordedValues())
        {
            if (value.ValueIteratedTo >= bound) break;
            count = value.TotalCountToThisValue;
        }
        return count;
    }

    private static string Row((double Below, long Count) row, long most, long total)
    {
        var label = double.IsInfinity(row.Below) ? "and more" : $"< {Milliseconds(row.Below)} ms";
        var share = string.Create(CultureInfo.InvariantCulture, $"{100.0 * row.Count / total,6:F2} %");
        return $"{label,13} {share}  {Bar((double)row.Count / most)}".TrimEnd();
    }

    private static string Bar(double share)
    {
        var eighths = (int)Math.Round(share * BarWidth * 8);
        var whole = new string('█', eighths / 8);
        return eighths % 8 == 0 ? whole : whole + Eighths[eighths % 8];
    }

    private static string Milliseconds(double microseconds) =>
        (microseconds / 1000).ToString("0.####", CultureInfo.InvariantCulture);
}

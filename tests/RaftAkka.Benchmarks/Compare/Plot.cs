using System.Globalization;
using System.Text;
using static RaftAkka.Benchmarks.Compare.Svg;

namespace RaftAkka.Benchmarks.Compare;

/// <summary>
/// Throughput against latency as an SVG file: a panel for writes and one for reads, a line for each system through its
/// points of more and more in flight. Both axes are logarithmic. To the right is more, below is faster.
/// </summary>
internal static class Plot
{
    private const double Width = 520;
    private const double Height = 380;
    private const double Left = 70;
    private const double Top = 50;

    public static string Draw(IReadOnlyList<Measured> measured, string caption)
    {
        var panels = measured.GroupBy(one => one.Case.Operation).ToArray();
        var systems = measured.Select(one => one.System).Distinct().ToList();
        var x = Axis.Over(measured.Select(one => one.PerSecond.Median), Left, Left + Width);
        var y = Axis.Over(measured.SelectMany(one => (double[])[one.P50Ms.Median, one.P99Ms.Median]), Top + Height, Top);

        var svg = new StringBuilder();
        var whole = (Left + Width + 30) * panels.Length + 20;
        svg.AppendLine(Head(whole, Top + Height + 90));
        for (var at = 0; at < panels.Length; at++)
        {
            svg.AppendLine(Invariant($"<g transform=\"translate({at * (Left + Width + 30):F0},0)\">"));
            DrawPanel(svg, panels[at], systems, x, y);
            svg.AppendLine("</g>");
        }
        svg.AppendLine(Text(Left, Top + Height + 75, caption, "start"));
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void DrawPanel(
        StringBuilder svg, IGrouping<string, Measured> panel, List<string> systems, Axis x, Axis y)
    {
        svg.AppendLine(Text(Left, 25, $"{panel.Key}: latency by throughput with 1, 100 and 1000 in flight", "start", 14));
        foreach (var tick in x.Ticks)
        {
            svg.AppendLine(Line(x.At(tick), Top, x.At(tick), Top + Height, "#e0e0e0"));
            svg.AppendLine(Text(x.At(tick), Top + Height + 18, tick.ToString("N0", CultureInfo.InvariantCulture), "middle"));
        }
        foreach (var tick in y.Ticks)
        {
            svg.AppendLine(Line(Left, y.At(tick), Left + Width, y.At(tick), "#e0e0e0"));
            svg.AppendLine(Text(Left - 6, y.At(tick) + 4, $"{tick.ToString("0.##", CultureInfo.InvariantCulture)} ms", "end"));
        }
        svg.AppendLine(Text(Left + Width / 2, Top + Height + 40, "operations per second", "middle"));

        foreach (var line in panel.GroupBy(one => one.System))
            DrawSystem(svg, [.. line.OrderBy(one => one.Case.InFlight)], systems.IndexOf(line.Key), x, y);
    }

    private static void DrawSystem(StringBuilder svg, Measured[] points, int place, Axis x, Axis y)
    {
        var colour = Colours[place % Colours.Length];
        svg.AppendLine(Path(points.Select(one => (x.At(one.PerSecond.Median), y.At(one.P50Ms.Median))), colour));
        foreach (var one in points)
            svg.Append(MedianToTail(x.At(one.PerSecond.Median), y.At(one.P50Ms.Median), y.At(one.P99Ms.Median), colour));
        svg.AppendLine(Dot(Left + 14, Top + 14 + 20 * place, colour));
        svg.AppendLine(Text(Left + 26, Top + 18 + 20 * place, points[0].System + " (dot: median, bar: p99)", "start"));
    }
}

using System.Globalization;
using System.Net;
using System.Text;

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

    private static readonly string[] Colours = ["#0b6e4f", "#c8553d", "#3d5a80", "#8d6a9f"];

    public static string Draw(IReadOnlyList<Measured> measured, string caption)
    {
        var panels = measured.GroupBy(one => one.Case.Operation).ToArray();
        var systems = measured.Select(one => one.System).Distinct().ToList();
        var x = Axis.Over(measured.Select(one => one.PerSecond.Median), Left, Left + Width);
        var y = Axis.Over(measured.SelectMany(one => (double[])[one.P50Ms.Median, one.P99Ms.Median]), Top + Height, Top);

        var svg = new StringBuilder();
        var whole = (Left + Width + 30) * panels.Length + 20;
        svg.AppendLine(Invariant(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole:F0} {Top + Height + 90:F0}\"")
            + " font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
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
        var path = string.Join(' ', points.Select(one => Invariant($"{x.At(one.PerSecond.Median):F1},{y.At(one.P50Ms.Median):F1}")));
        svg.AppendLine($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        foreach (var one in points)
        {
            var (right, median, tail) = (x.At(one.PerSecond.Median), y.At(one.P50Ms.Median), y.At(one.P99Ms.Median));
            svg.AppendLine(Invariant($"<circle cx=\"{right:F1}\" cy=\"{median:F1}\" r=\"4\" fill=\"{colour}\"/>"));
            svg.AppendLine(Line(right, median, right, tail, colour));   // Up to the 99th percentile.
            svg.AppendLine(Line(right - 4, tail, right + 4, tail, colour));
        }
        svg.AppendLine(Invariant($"<circle cx=\"{Left + 14:F0}\" cy=\"{Top + 14 + 20 * place:F0}\" r=\"4\" fill=\"{colour}\"/>"));
        svg.AppendLine(Text(Left + 26, Top + 18 + 20 * place, points[0].System + " (dot: median, bar: p99)", "start"));
    }

    private static string Line(double x1, double y1, double x2, double y2, string colour) =>
        Invariant($"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" stroke=\"{colour}\"/>");

    private static string Text(double x, double y, string text, string anchor, int size = 12) => Invariant(
        $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{WebUtility.HtmlEncode(text)}</text>");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A logarithmic axis over whole decades.</summary>
    private sealed record Axis(double Least, double Most, double From, double To)
    {
        public IEnumerable<double> Ticks
        {
            get
            {
                for (var power = Least; power <= Most; power++) yield return Math.Pow(10, power);
            }
        }

        public static Axis Over(IEnumerable<double> numbers, double from, double to)
        {
            var logs = numbers.Where(number => number > 0).Select(Math.Log10).DefaultIfEmpty(0).ToArray();
            var (least, most) = (Math.Floor(logs.Min()), Math.Ceiling(logs.Max()));
            return new Axis(least, Math.Max(most, least + 1), from, to);
        }

        public double At(double number) =>
            From + (To - From) * (Math.Log10(Math.Max(number, double.Epsilon)) - Least) / (Most - Least);
    }
}

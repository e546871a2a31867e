using System.Globalization;
using System.Text;
using RaftAkka.Benchmarks.Compare;
using static RaftAkka.Benchmarks.Compare.Svg;

namespace RaftAkka.Benchmarks.Scale;

/// <summary>
/// A column for everything that varies, as an SVG file: writes per second above, latencies below. What varies is evenly
/// spaced; the other axes are logarithmic, and the same in all columns.
/// </summary>
internal static class ScalePlot
{
    private const double Width = 300;
    private const double Height = 200;
    private const double Left = 80;
    private const double Top = 50;
    private const double Gap = 50;

    public static string Draw(IReadOnlyList<Curve> curves, string caption)
    {
        var results = curves.SelectMany(curve => curve.Points).Select(point => point.Result!).ToArray();
        var rates = Axis.Over(results.Select(result => result.OperationsPerSecond), Top + Height, Top);
        var below = Top + Height + Gap;
        var latencies = Axis.Over(
            results.SelectMany(result => (double[])[result.Milliseconds(50), result.Milliseconds(99)]), below + Height, below);

        var svg = new StringBuilder();
        svg.AppendLine(Head((Left + Width) * curves.Count + 40, below + Height + 80));
        for (var at = 0; at < curves.Count; at++)
        {
            svg.AppendLine(Invariant($"<g transform=\"translate({at * (Left + Width):F0},0)\">"));
            svg.AppendLine(Text(Left, 25, $"writes by {curves[at].Name}", "start", 14));
            Grid(svg, rates, tick => tick.ToString("N0", CultureInfo.InvariantCulture) + "/s");
            Grid(svg, latencies, tick => tick.ToString("0.##", CultureInfo.InvariantCulture) + " ms");
            DrawCurve(svg, curves[at].Points, rates, latencies);
            svg.AppendLine("</g>");
        }
        svg.AppendLine(Text(Left, below + Height + 45, "above: writes per second; below: latency (dot: median, bar: p99)", "start"));
        svg.AppendLine(Text(Left, below + Height + 65, caption, "start"));
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Grid(StringBuilder svg, Axis axis, Func<double, string> label)
    {
        foreach (var tick in axis.Ticks)
        {
            svg.AppendLine(Line(Left, axis.At(tick), Left + Width, axis.At(tick), "#e0e0e0"));
            svg.AppendLine(Text(Left - 6, axis.At(tick) + 4, label(tick), "end"));
        }
    }

    private static void DrawCurve(StringBuilder svg, IReadOnlyList<ScalePoint> points, Axis rates, Axis latencies)
    {
        double X(int at) => Left + Width * (at + 0.5) / points.Count;

        svg.AppendLine(Path(points.Select((point, at) => (X(at), rates.At(point.Result!.OperationsPerSecond))), Colours[0]));
        svg.AppendLine(Path(points.Select((point, at) => (X(at), latencies.At(point.Result!.Milliseconds(50)))), Colours[2]));
        for (var at = 0; at < points.Count; at++)
        {
            var result = points[at].Result!;
            svg.AppendLine(Dot(X(at), rates.At(result.OperationsPerSecond), Colours[0]));
            svg.Append(MedianToTail(
                X(at), latencies.At(result.Milliseconds(50)), latencies.At(result.Milliseconds(99)), Colours[2]));
            svg.AppendLine(Text(X(at), latencies.From + 18, points[at].Label, "middle"));
        }
    }
}

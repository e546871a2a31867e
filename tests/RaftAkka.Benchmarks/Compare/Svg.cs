using System.Globalization;
using System.Net;

namespace RaftAkka.Benchmarks.Compare;

/// <summary>The parts of which our plots are drawn.</summary>
internal static class Svg
{
    public static readonly string[] Colours = ["#0b6e4f", "#c8553d", "#3d5a80", "#8d6a9f"];

    public static string Head(double width, double height) => Invariant(
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:F0} {height:F0}\"")
        + " font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>";

    public static string Line(double x1, double y1, double x2, double y2, string colour) =>
        Invariant($"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" stroke=\"{colour}\"/>");

    public static string Path(IEnumerable<(double X, double Y)> points, string colour) =>
        $"<polyline points=\"{string.Join(' ', points.Select(at => Invariant($"{at.X:F1},{at.Y:F1}")))}\" "
        + $"fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>";

    public static string Dot(double x, double y, string colour) =>
        Invariant($"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"4\" fill=\"{colour}\"/>");

    /// <summary>A dot at the median, and a bar from there to the 99th percentile.</summary>
    public static string MedianToTail(double x, double median, double tail, string colour) =>
        $"{Dot(x, median, colour)}\n{Line(x, median, x, tail, colour)}\n{Line(x - 4, tail, x + 4, tail, colour)}\n";

    public static string Text(double x, double y, string text, string anchor, int size = 12) => Invariant(
        $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{WebUtility.HtmlEncode(text)}</text>");

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A logarithmic axis over whole decades.</summary>
internal sealed record Axis(double Least, double Most, double From, double To)
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

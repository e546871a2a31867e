using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RaftAkka.Settings;

/// <summary>
/// Reads durations and sizes. Stricter than Akka's own reading, which takes a duration without a unit for
/// milliseconds: who forgot the unit may have meant seconds.
/// </summary>
internal static class Units
{
    public const string OfDurations = "ms, s, m, h";
    public const string OfSizes = "B, KiB, MiB, GiB";

    // Ten thousand days. Whatever is longer is a mistake, and would overflow further on.
    private const double MillisecondsMax = 10_000d * 24 * 3_600_000;

    public static bool TryDuration(string text, [NotNullWhen(true)] out TimeSpan? duration)
    {
        duration = null;
        if (!TrySplit(text, out var number, out var unit)) return false;

        double? milliseconds = unit switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => null,
        };
        if (milliseconds is null || number * milliseconds > MillisecondsMax) return false;

        duration = TimeSpan.FromMilliseconds(number * milliseconds.Value);
        return true;
    }

    public static bool TryBytes(string text, [NotNullWhen(true)] out int? bytes)
    {
        bytes = null;
        if (!TrySplit(text, out var number, out var unit)) return false;

        double? factor = unit switch
        {
            "" or "B" or "b" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => null,
        };
        if (factor is null) return false;

        var product = number * factor.Value;
        if (product > int.MaxValue || product != Math.Floor(product)) return false;
        bytes = (int)product;
        return true;
    }

    public static string Duration(TimeSpan duration)
    {
        var milliseconds = duration.TotalMilliseconds;
        return milliseconds % 1_000 == 0 && milliseconds != 0
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000} s")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms");
    }

    public static string Bytes(int bytes)
    {
        var (number, unit) = bytes switch
        {
            >= 1 << 20 when bytes % (1 << 20) == 0 => (bytes >> 20, "MiB"),
            >= 1 << 10 when bytes % (1 << 10) == 0 => (bytes >> 10, "KiB"),
            _ => (bytes, "B"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number} {unit}");
    }

    private static bool TrySplit(string text, out double number, out string unit)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        unit = text[digits..].Trim();
        return double.TryParse(
            text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}

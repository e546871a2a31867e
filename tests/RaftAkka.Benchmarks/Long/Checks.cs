using System.Globalization;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Long;

/// <summary>What a long run promises, line by line, and whether all of it held.</summary>
internal sealed class Checks
{
    public bool AllHold { get; private set; } = true;

    public void Expect(bool holds, FormattableString what)
    {
        AllHold &= holds;
        Console.WriteLine($"{(holds ? "yes" : "NO ")}  {what.ToString(CultureInfo.InvariantCulture)}");
    }

    public void ExpectFlat(string what, Thirds thirds, double share, double atLeast) => Expect(
        thirds.IsFlat(share, atLeast),
        $"{what} flat: {thirds.First:F2} in the median of the first third, {thirds.Last:F2} in that of the last");

    public void ExpectNothingLost(BenchResult result)
    {
        var kept = result.ReadBack;
        var (read, keys, lost) = (kept?.Checked, kept?.Keys, kept?.Lost);
        Expect(
            result.IsIntact && kept is { Unread: 0 },
            $"nothing lost: {read:N0} of {keys:N0} keys read back, {lost:N0} lost, {kept?.Wrong:N0} wrong, {kept?.Unread:N0} not answered");
        Expect(
            result.Errors + result.Unknown + result.NeverBegun == 0,
            $"every operation answered: {result.Errors:N0} failed, {result.Unknown:N0} unknown, {result.NeverBegun:N0} never begun");
    }
}

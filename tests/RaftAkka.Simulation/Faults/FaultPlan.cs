using System.Globalization;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// How hostile one seed is. Drawn from it, with each fault absent in many seeds: a world in which everything fails
/// all the time gets nowhere and finds little.
/// </summary>
internal sealed record FaultPlan
{
    public double DropRate { get; init; }

    public double DuplicateRate { get; init; }

    public double ReorderRate { get; init; }

    public double LateRate { get; init; }

    public TimeSpan DelayMax { get; init; }

    public double StallRate { get; init; }

    public TimeSpan SyncTime { get; init; }

    public double PreemptionRate { get; init; }

    public double ClockSkewMax { get; init; }

    /// <summary>The mean time between two strikes; null for none.</summary>
    public TimeSpan? StrikeEvery { get; init; }

    public IReadOnlyList<Strike> Strikes { get; init; } = [];

    /// <summary>The mean time between two changes of membership; null for none.</summary>
    public TimeSpan? ChangeMembersEvery { get; init; }

    public static FaultPlan Draw(Dice dice, FaultKinds kinds)
    {
        var network = kinds.HasFlag(FaultKinds.Network);
        var disk = kinds.HasFlag(FaultKinds.Disk);
        var crash = kinds.HasFlag(FaultKinds.Crash);
        var strikes = Catalogue.All.Where(strike => kinds.HasFlag(strike.Kind) && dice.Chance(0.6)).ToArray();
        return new FaultPlan
        {
            DropRate = Sometimes(network, 0.01, 0.05, 0.2),
            DuplicateRate = Sometimes(network, 0.01, 0.1),
            ReorderRate = Sometimes(network, 0.02, 0.2),
            LateRate = Sometimes(network, 0.002, 0.02),
            DelayMax = Ms(network ? dice.Pick([1.0, 3, 20]) : 1),
            StallRate = Sometimes(disk, 0.001, 0.01),
            SyncTime = Ms(disk ? dice.Pick([0.1, 1, 10, 40]) : 0.1),
            PreemptionRate = Sometimes(crash, 0.001, 0.01),
            ClockSkewMax = Sometimes(crash, 0.01, 0.2),
            StrikeEvery = strikes.Length == 0 ? null : Ms(dice.Pick([100.0, 300, 1000])),
            Strikes = strikes,
            ChangeMembersEvery = DrawChanges(dice.Fork("members"), kinds),
        };

        double Sometimes(bool may, params double[] rates) =>
            dice.Chance(0.5) && may ? dice.Pick(rates) : 0;
    }

    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"drop {DropRate}, duplicate {DuplicateRate}, reorder {ReorderRate}, late {LateRate}, ");
        text += string.Create(CultureInfo.InvariantCulture,
            $"delay up to {DelayMax.TotalMilliseconds} ms, disk stall {StallRate}, sync {SyncTime.TotalMilliseconds} ms, ");
        text += string.Create(CultureInfo.InvariantCulture,
            $"preempted turns {PreemptionRate}, clock skew up to {ClockSkewMax}, ");
        if (ChangeMembersEvery is { } changes)
            text += string.Create(CultureInfo.InvariantCulture, $"members change every {changes.TotalMilliseconds} ms, ");
        return text + (StrikeEvery is { } every
            ? $"every {every.TotalMilliseconds} ms one of: {string.Join(", ", Strikes.Select(strike => strike.Name))}"
            : "no strikes");
    }

    // Alone, in every seed.
    private static TimeSpan? DrawChanges(Dice dice, FaultKinds kinds) =>
        kinds.HasFlag(FaultKinds.Members) && (kinds == FaultKinds.Members || dice.Chance(0.4))
            ? Ms(dice.Pick([100.0, 300, 1000]))
            : null;

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

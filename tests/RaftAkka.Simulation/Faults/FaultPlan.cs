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

    /// <summary>The mean time between two forged messages of a stranger; null for none.</summary>
    public TimeSpan? StrangerEvery { get; init; }

    /// <summary>How likely it is that a look at the clock comes late.</summary>
    public double LateLookRate { get; init; }

    /// <summary>Whether one server's disk hangs or is full while the cluster is to serve again.</summary>
    public bool LeavesOneDiskSick { get; init; }

    /// <summary>The mean time between two wrong messages of a member; null for none.</summary>
    public TimeSpan? BuggyMemberEvery { get; init; }

    /// <summary>The mean time between two requests of a greedy client; null for none.</summary>
    public TimeSpan? GreedyEvery { get; init; }

    /// <summary>How likely it is that a user asks what the machine throws or stalls at.</summary>
    public double QueryTroubleRate { get; init; }

    /// <summary>The mean time after which the cluster is set up anew; null for never.</summary>
    public TimeSpan? SetsUpAnewAfter { get; init; }

    public static FaultPlan Draw(Dice dice, FaultKinds kinds)
    {
        var network = kinds.HasFlag(FaultKinds.Network);
        var disk = kinds.HasFlag(FaultKinds.Disk);
        var crash = kinds.HasFlag(FaultKinds.Crash);
        var strikes = Catalogue.All.Where(strike => kinds.HasFlag(strike.Kind) && IsDrawn(strike)).ToArray();
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
            StrangerEvery = DrawEvery(FaultKinds.Stranger, 3, 20, 100),
            LateLookRate = DrawRate(FaultKinds.Clock, 0.0005, 0.005),
            LeavesOneDiskSick = DrawRate(FaultKinds.Hang, 0, 1) > 0,
            BuggyMemberEvery = DrawEvery(FaultKinds.Buggy, 10, 100),
            QueryTroubleRate = DrawRate(FaultKinds.Query, 0.005, 0.05),
            SetsUpAnewAfter = DrawEvery(FaultKinds.Anew, 200, 1000, 3000),
            GreedyEvery = DrawEvery(FaultKinds.Greedy, 5, 50),
        };

        double Sometimes(bool may, params double[] rates) =>
            dice.Chance(0.5) && may ? dice.Pick(rates) : 0;

        bool IsDrawn(Strike strike) =>
            strike.Kind <= FaultKinds.Members ? dice.Chance(0.6) : DrawRate(strike.Kind, 1) > 0;

        // Each from dice of its own, so that what one draws changes nothing for the others. Alone, in every seed.
        double DrawRate(FaultKinds kind, params double[] rates)
        {
            var its = dice.Fork($"{kind}");
            return kinds.HasFlag(kind) && (kinds == kind || its.Chance(0.5)) ? its.Pick(rates) : 0;
        }

        TimeSpan? DrawEvery(FaultKinds kind, params double[] milliseconds) =>
            DrawRate(kind, milliseconds) is > 0 and var every ? Ms(every) : null;
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
        text += DescribeOutside();
        return text + (StrikeEvery is { } every
            ? $"every {every.TotalMilliseconds} ms one of: {string.Join(", ", Strikes.Select(strike => strike.Name))}"
            : "no strikes");
    }

    // What comes from outside of a cluster, or of what it may take for granted.
    private string DescribeOutside()
    {
        var text = "";
        if (StrangerEvery is { } forges) text += Every("a stranger forges", forges);
        if (GreedyEvery is { } asks) text += Every("a greedy client asks", asks);
        if (BuggyMemberEvery is { } errs) text += Every("a member sends nonsense", errs);
        if (SetsUpAnewAfter is { } anew)
            text += string.Create(CultureInfo.InvariantCulture, $"set up anew after {anew.TotalMilliseconds} ms, ");
        if (LateLookRate > 0) text += string.Create(CultureInfo.InvariantCulture, $"late looks at the clock {LateLookRate}, ");
        if (QueryTroubleRate > 0) text += string.Create(CultureInfo.InvariantCulture, $"queries in trouble {QueryTroubleRate}, ");
        return LeavesOneDiskSick ? text + "one disk stays sick, " : text;

        static string Every(string what, TimeSpan every) =>
            string.Create(CultureInfo.InvariantCulture, $"{what} every {every.TotalMilliseconds} ms, ");
    }

    // Alone, in every seed.
    private static TimeSpan? DrawChanges(Dice dice, FaultKinds kinds) =>
        kinds.HasFlag(FaultKinds.Members) && (kinds == FaultKinds.Members || dice.Chance(0.4))
            ? Ms(dice.Pick([100.0, 300, 1000]))
            : null;

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}

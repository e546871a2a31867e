using RaftAkka.Client;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Runs;

/// <summary>
/// Settings for one seed, so that every limit is met in some seeds: files of a few records, windows of one entry,
/// caches that hold nothing.
/// </summary>
internal static class Sizes
{
    // What the plan's clocks can come apart within the shortest election timeout: one a fifth too slow, one a fifth
    // too fast.
    private static readonly TimeSpan Drift = TimeSpan.FromMilliseconds(90);

    public static RaftNodeSettings Draw(Dice dice, RaftNodeSettings settings) => settings with
    {
        SegmentBytes = dice.Pick([4 * 1024, 16 * 1024, 256 * 1024]),
        AppendBytesMax = dice.Pick([1, 1024, 60 * 1024]),
        WindowEntriesMax = dice.Pick([1, 16, 1024]),
        WindowBytesMax = dice.Pick([1024, 16 * 1024, 4 * 1024 * 1024]),
        CacheBytesMax = dice.Pick([1, 8 * 1024, 1024 * 1024]),
        UncommittedBytesMax = dice.Pick([1024, 32 * 1024, 1024 * 1024]),
        SnapshotEveryEntries = dice.Pick([12, 40, 300]),
        SnapshotEveryBytes = dice.Pick([4 * 1024, 1024 * 1024]),
        SnapshotKeepEntries = dice.Pick([0, 5, 50]),
        SnapshotsKept = dice.Pick([1, 2]),
        ClockDrift = Drift,
        Reads = dice.Pick([ReadMode.ReadIndex, ReadMode.ReadIndex, ReadMode.Lease]),
        ReadsWaitingBytesMax = dice.Pick([128, 1024 * 1024]),
        BatchesInFlightMax = dice.Pick([2, 64]),
        ClientIdleTimeout = TimeSpan.FromSeconds(dice.Pick([1, 30])),

        // The shortest ends whenever a leader does not hear a client for a moment.
        SessionTimeout = TimeSpan.FromSeconds(dice.Fork("sessions").Pick([300, 300, 300, 2, 0.3])),
    };

    /// <summary>
    /// While the impatient ones have found a new leader, the patient ones go on asking the old one, which is where
    /// old values are.
    /// </summary>
    public static IReadOnlyList<TimeSpan> ServerTimeouts { get; } =
        [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    public static int DrawSnapshotChunk(Dice dice) => dice.Pick([200, 1000, 60 * 1024]);

    public static RaftClientSettings Draw(Dice dice, RaftClientSettings settings) => settings with
    {
        BatchBytesMax = dice.Pick([1, 60 * 1024]),
        BatchesInFlightMax = dice.Pick([1, 8]),
    };
}

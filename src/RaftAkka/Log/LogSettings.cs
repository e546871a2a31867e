using System.Security.Cryptography;

namespace RaftAkka.Log;

/// <summary>How a <see cref="DurableLog"/> keeps its files.</summary>
internal sealed record LogSettings
{
    /// <summary>
    /// The size of a segment in bytes, reserved when the segment is created. A record that no segment of this
    /// size holds gets a segment of its own size. Existing segments keep their size. Default 64 MiB.
    /// </summary>
    public int SegmentBytes
    {
        get;
        init => field = value is >= SegmentBytesMin and <= SegmentBytesMax
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value,
                $"A log segment has {SegmentBytesMin} to {SegmentBytesMax} bytes.");
    } = 64 * 1024 * 1024;

    /// <summary>
    /// How many bytes of the newest entries come with <see cref="LogOpened.Tail"/>. Default 32 MiB.
    /// </summary>
    public int TailBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>How long a full disk is left alone before the next attempt. Default 1 s.</summary>
    public TimeSpan NoSpaceRetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Draws a segment's mark key, which nobody may guess: a client whose command held a mark for the place where the
    /// command comes to lie could make a write that a crash interrupted look like damage. Default: from the system.
    /// </summary>
    public Func<long> DrawMarkKey { get; init; } = static () =>
        BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) | 1;   // Never 0.

    private const int SegmentBytesMin = 4 * 1024;
    private const int SegmentBytesMax = 1024 * 1024 * 1024;
}

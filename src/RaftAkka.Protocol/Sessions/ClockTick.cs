using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RaftAkka.Protocol;

/// <summary>
/// What a log entry of kind <see cref="EntryKind.Clock"/> says: how late it is in the cluster, which sessions their
/// clients have renewed, and how long one may go unused. Everything that expiry depends on is in the entry, so that all
/// servers decide alike, whatever their clocks and settings say. All numbers are little-endian:
/// <code>
/// offset  0  u8   version of this format, 1
///         1  i64  cluster time in milliseconds
///         9  i64  session timeout in milliseconds
///        17  u32  count of renewed sessions; for each of them, by rising id:
///                 i64  the index of the entry that registered the session
/// </code>
/// The index is enough: a leader renews only what its own machine knows by index and token, and the entry stands in the
/// same log as the registration.
/// </summary>
public sealed class ClockTick
{
    /// <summary>The bytes before the first session.</summary>
    public const int HeaderBytes = 21;

    private const byte Version = 1;

    // Whatever is added to such a time, or taken from it, is still a time.
    private const long MillisecondsMax = 1L << 48;

    private ClockTick(TimeSpan time, TimeSpan sessionTimeout, LogIndex[] renewed) =>
        (Time, SessionTimeout, Renewed) = (time, sessionTimeout, renewed);

    /// <summary>
    /// Cluster time, in whole milliseconds: how long leaders have counted since the cluster began. It has nothing to do
    /// with any calendar, and stands still while nobody leads.
    /// </summary>
    public TimeSpan Time { get; }

    /// <summary>A session that was not used for longer than this expires. In whole milliseconds.</summary>
    public TimeSpan SessionTimeout { get; }

    /// <summary>The sessions whose clients have said that they live, by rising id, each once.</summary>
    public IReadOnlyList<LogIndex> Renewed { get; }

    /// <summary>Encodes a tick into an array of its exact size. Parts of milliseconds are dropped.</summary>
    /// <param name="time">Cluster time.</param>
    /// <param name="sessionTimeout">How long a session may go unused.</param>
    /// <param name="renewed">The sessions that were renewed, in any order, at most <see cref="SessionTable.SessionsMax"/>.</param>
    public static byte[] Encode(TimeSpan time, TimeSpan sessionTimeout, IReadOnlyCollection<LogIndex> renewed)
    {
        ArgumentNullException.ThrowIfNull(renewed);
        Invariant.Holds(renewed.Count <= SessionTable.SessionsMax, "no more sessions are renewed than there can be");

        var bytes = GC.AllocateUninitializedArray<byte>(HeaderBytes + (renewed.Count * sizeof(long)));
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Milliseconds(time));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(9), Milliseconds(sessionTimeout));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(17), renewed.Count);

        var rest = bytes.AsSpan(HeaderBytes);
        foreach (var session in renewed.OrderBy(session => session.Value))
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, session.Value);
            rest = rest[sizeof(long)..];
        }

        return bytes;
    }

    /// <summary>Reads a tick. Lengths are checked before use.</summary>
    /// <returns>Whether the bytes were exactly one tick.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ClockTick? tick)
    {
        tick = null;
        if (bytes.Length < HeaderBytes || bytes[0] != Version) return false;

        var time = BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]);
        var timeout = BinaryPrimitives.ReadInt64LittleEndian(bytes[9..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[17..]);
        if (time is < 0 or > MillisecondsMax || timeout is < 1 or > MillisecondsMax) return false;
        if (count > SessionTable.SessionsMax || bytes.Length != HeaderBytes + (count * sizeof(long))) return false;

        var renewed = new LogIndex[count];
        var last = 0L;
        for (var i = 0; i < renewed.Length; i++)
        {
            var session = BinaryPrimitives.ReadInt64LittleEndian(bytes[(HeaderBytes + (i * sizeof(long)))..]);
            if (session <= last) return false;
            renewed[i] = new LogIndex(last = session);
        }

        tick = new ClockTick(TimeSpan.FromMilliseconds(time), TimeSpan.FromMilliseconds(timeout), renewed);
        return true;
    }

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}

using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// Names one write of the server, in the order of submission. A write is acknowledged by its ticket, never by
/// index and term: a write that is queued later may replace the same index.
/// </summary>
internal readonly record struct WriteTicket(long Value)
{
    public static readonly WriteTicket None;

    public WriteTicket Next => new(Value + 1);

    // A record would print its properties, and Next the next one's, without end.
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <=(WriteTicket left, WriteTicket right) => left.Value <= right.Value;

    public static bool operator >=(WriteTicket left, WriteTicket right) => left.Value >= right.Value;
}

/// <summary>
/// The server asks its log to open and recover; answered with <see cref="LogOpened"/>. Once per log.
/// </summary>
/// <param name="Identity">Whose log it is to be.</param>
internal sealed record OpenLog(LogIdentity Identity)
{
    /// <summary>The name that the disk gets where there is no log on it yet.</summary>
    public DiskId NewDisk { get; init; }
}

/// <summary>Whose log this is. Written to disk at the first start, and compared at every later one.</summary>
internal sealed record LogIdentity(ClusterId Cluster, GroupName Group, ServerId Server);

/// <summary>What the log found on disk.</summary>
/// <param name="HardState">The latest term and vote.</param>
/// <param name="Terms">
/// Where each term starts, in order: the first entry of every run of one term behind the base.
/// </param>
/// <param name="Last">The last entry; the base where there is none behind it.</param>
/// <param name="Tail">The last entries, up to the cache's size, ending with <paramref name="Last"/>.</param>
internal sealed record LogOpened(
    HardState HardState, IReadOnlyList<EntryId> Terms, EntryId Last, LogSlice Tail)
{
    /// <summary>
    /// The log begins behind this entry, which a snapshot took the place of with all before it;
    /// <see cref="EntryId.Zero"/> where none did.
    /// </summary>
    public EntryId Base { get; init; }

    /// <summary>The configurations in the log's entries, in order.</summary>
    public IReadOnlyList<(LogIndex Index, ReadOnlyMemory<byte> Bytes)> Configurations { get; init; } = [];

    /// <summary>The disk that the log began on.</summary>
    public DiskId Disk { get; init; }

    /// <summary>
    /// Whether there was no log, and an empty one was created: this disk has never promised anything.
    /// </summary>
    public bool IsNew { get; init; }
}

/// <summary>
/// The server asks for a durable write, answered with <see cref="LogWritten"/>. The first entry's index is at
/// most one past the log's last: an entry replaces that of the same index and all behind it.
/// </summary>
/// <param name="Ticket">This write's number, one more than the write's before.</param>
/// <param name="HardState">The term and vote to keep, or null where they did not change.</param>
/// <param name="Entries">The entries to keep; may be none.</param>
internal sealed record WriteLog(WriteTicket Ticket, HardState? HardState, LogSlice Entries);

/// <summary>
/// The server lets the log begin behind a base: a durable snapshot took the place of that entry and all before
/// it. Answered with <see cref="LogWritten"/>, as a write is, once the base is durable; files that hold nothing
/// behind it are deleted after that. The entries behind the base stay where the log holds the base itself, of
/// the same index and term; else all go. A base at or before the present one changes nothing.
/// </summary>
/// <param name="Ticket">This write's number, one more than the write's before.</param>
/// <param name="Base">The last entry that is in the snapshot.</param>
internal sealed record CompactLog(WriteTicket Ticket, EntryId Base);

/// <summary>
/// Every write up to and including a ticket is durable. One such answer may serve many writes.
/// </summary>
internal sealed record LogWritten(WriteTicket Through);

/// <summary>
/// Someone reads entries back; answered to the sender with <see cref="LogRead"/>. Sees every
/// <see cref="WriteLog"/> and <see cref="CompactLog"/> that was sent before it by the same sender, durable or
/// not.
/// </summary>
/// <param name="From">The first index wanted.</param>
/// <param name="To">The last index wanted, inclusive.</param>
/// <param name="BytesMax">
/// Stop when the records reach this many bytes; at least one entry comes if there is one.
/// </param>
/// <param name="Token">Comes back with the answer.</param>
internal sealed record ReadLog(LogIndex From, LogIndex To, int BytesMax, object Token);

/// <summary>
/// The entries from <paramref name="From"/> on; none where the log does not reach there, or begins behind it.
/// </summary>
internal sealed record LogRead(LogIndex From, LogSlice Entries, object Token)
    : INoSerializationVerificationNeeded;

/// <summary>
/// The disk is full: writes wait, nothing is acknowledged, until <see cref="LogHasSpace"/>.
/// </summary>
internal sealed record LogOutOfSpace(string Facts);

/// <summary>The disk has space again and all that waited is written.</summary>
internal sealed record LogHasSpace;

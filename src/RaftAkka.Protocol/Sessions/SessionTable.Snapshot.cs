using System.Buffers.Binary;
using System.Text;

namespace RaftAkka.Protocol;

/// <summary>
/// The table in a snapshot: equal tables are equal bytes. All numbers are little-endian:
/// <code>
/// offset  0  u8   version of this format, 2
///         1  i64  cluster time in milliseconds
///         9  u32  count of sessions; for each of them, the least recently used first:
///                 i64  session
///                 u64  upper half of its token
///                 u64  lower half of its token; both are 0 where it has none
///                 u8   length of its owner
///                      owner, in ASCII
///                 i64  the cluster time until which it was active, in milliseconds; -1: it was used after the last tick
///                 i64  acknowledged: the client has the results of every command up to this number
///                 u32  count of results that wait; for each of them, by rising number:
///                      i64  sequence number
///                      u32  length of the result
///                           result
/// </code>
/// Version 1 had neither tokens nor owners.
/// </summary>
public sealed partial class SessionTable
{
    private const byte FormatVersion = 2;
    private const byte FormatVersionWithoutTokens = 1;
    private const long UsedSinceTick = -1;
    private const long TimeMax = 1L << 48;

    // What is taken from the stream at once, so that a length that lies costs no more memory than there are bytes.
    private const int PieceBytes = 64 * 1024;

    /// <summary>
    /// Takes hold of the table as it is now. That costs a reference per session; later, a session is copied when it is
    /// first used again.
    /// </summary>
    /// <returns>What to write, on any thread, whatever becomes of the table.</returns>
    public ISnapshotSource Capture()
    {
        _writer = new object();
        var places = new Place[_byUse.Count];
        _byUse.CopyTo(places, 0);
        return new Captured(Time, places);
    }

    /// <summary>Reads the table that <see cref="ISnapshotSource.WriteTo"/> wrote.</summary>
    /// <param name="snapshot">Read to the table's end, and not beyond.</param>
    /// <exception cref="InvalidDataException">The bytes are no table, or one of an unknown version.</exception>
    public static SessionTable Restore(Stream snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        try
        {
            return ReadTable(snapshot);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The session table ends before all that it announces.", e);
        }
    }

    private static SessionTable ReadTable(Stream stream)
    {
        var version = stream.ReadByte();
        Require(version is FormatVersion or FormatVersionWithoutTokens,
            $"has format version {version}; this program knows versions {FormatVersionWithoutTokens} and {FormatVersion}");
        var time = ReadI64(stream);
        Require(time is >= 0 and <= TimeMax, $"is of the time {time}");
        var count = ReadU32(stream);
        Require(count <= SessionsMax, $"has {count} sessions; {SessionsMax} is the most");

        var table = new SessionTable { Time = TimeSpan.FromMilliseconds(time) };
        for (var i = 0u; i < count; i++)
        {
            var place = table.ReadPlace(stream, version == FormatVersion, table._byUse.Last?.Value);
            Require(table.Add(place), $"has session {place.Session.Id} twice");
        }

        return table;
    }

    private Place ReadPlace(Stream stream, bool hasToken, Place? before)
    {
        var id = ReadI64(stream);
        Require(id > 0, $"has a session {id}");
        var token = hasToken ? new SessionToken((ulong)ReadI64(stream), (ulong)ReadI64(stream)) : SessionToken.None;
        var owner = hasToken ? ReadOwner(stream, id) : "";
        var active = ReadI64(stream);
        Require(active is >= UsedSinceTick and <= TimeMax, $"has session {id} active until {active}");
        TimeSpan? lastActive = active == UsedSinceTick ? null : TimeSpan.FromMilliseconds(active);

        // Ticks rely on the order.
        Require((lastActive ?? Time) <= Time, $"has session {id} active until {active}, which is to come");
        Require(before is not { } last || (last.LastActive ?? TimeSpan.MaxValue) <= (lastActive ?? TimeSpan.MaxValue),
            $"has session {id}, active until {active}, behind one that was active later");
        return new Place(ReadSession(stream, new SessionId(id, token), owner), lastActive);
    }

    private static string ReadOwner(Stream stream, long id)
    {
        var length = stream.ReadByte();
        Require(length is >= 0 and <= SessionOpening.OwnerLengthMax, $"has session {id} of an owner of {length} characters");
        var owner = Encoding.Latin1.GetString(ReadBytes(stream, length));
        Require(SessionOpening.IsOwner(owner), $"has session {id} of an owner that no host can be");
        return owner;
    }

    private Session ReadSession(Stream stream, SessionId id, string owner)
    {
        var (acknowledged, count) = (ReadI64(stream), ReadU32(stream));
        Require(acknowledged >= 0, $"has a session that acknowledged {acknowledged}");
        Require(count <= ResultsMax, $"has {count} results of session {id}; {ResultsMax} is the most");

        var results = new PendingResults();
        var last = acknowledged;
        for (var i = 0u; i < count; i++)
        {
            var (sequence, length) = (ReadI64(stream), ReadU32(stream));
            Require(sequence > last, $"has the result of command {sequence} of session {id} behind command {last}");
            Require(length <= int.MaxValue, $"has a result of {length} bytes");
            results.Insert(results.Count, last = sequence, ReadBytes(stream, (int)length));
        }

        return new Session(id, _owners.Add(owner), _writer, new SequenceNumber(acknowledged), results);
    }

    private static byte[] ReadBytes(Stream stream, int length)
    {
        var bytes = new byte[Math.Min(length, PieceBytes)];
        for (var at = 0; at < length; at = bytes.Length)
        {
            if (at > 0) Array.Resize(ref bytes, (int)Math.Min(length, 2L * at));
            stream.ReadExactly(bytes.AsSpan(at));
        }

        return bytes;
    }

    private static long ReadI64(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private static uint ReadU32(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new InvalidDataException($"The session table {otherwise}.");
    }

    private sealed class Captured(TimeSpan time, Place[] places) : ISnapshotSource
    {
        public void WriteTo(Stream destination)
        {
            ArgumentNullException.ThrowIfNull(destination);

            Span<byte> head = stackalloc byte[13];
            head[0] = FormatVersion;
            BinaryPrimitives.WriteInt64LittleEndian(head[1..], Milliseconds(time));
            BinaryPrimitives.WriteInt32LittleEndian(head[9..], places.Length);
            destination.Write(head);
            foreach (var (session, lastActive) in places) Write(session, lastActive, destination);
        }

        public void Dispose()
        {
        }

        private static void Write(Session session, TimeSpan? lastActive, Stream destination)
        {
            Span<byte> head = stackalloc byte[25 + SessionOpening.OwnerLengthMax];
            BinaryPrimitives.WriteInt64LittleEndian(head, session.Id.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(head[8..], session.Id.Token.High);
            BinaryPrimitives.WriteUInt64LittleEndian(head[16..], session.Id.Token.Low);
            head[24] = (byte)session.Owner.Name.Length;
            Encoding.ASCII.GetBytes(session.Owner.Name, head[25..]);
            destination.Write(head[..(25 + session.Owner.Name.Length)]);

            BinaryPrimitives.WriteInt64LittleEndian(
                head, lastActive is { } active ? Milliseconds(active) : UsedSinceTick);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], session.Acknowledged.Value);
            BinaryPrimitives.WriteInt32LittleEndian(head[16..], session.Results.Count);
            destination.Write(head[..20]);

            for (var i = 0; i < session.Results.Count; i++)
            {
                var (sequence, result) = session.Results[i];
                BinaryPrimitives.WriteInt64LittleEndian(head, sequence);
                BinaryPrimitives.WriteInt32LittleEndian(head[8..], result.Length);
                destination.Write(head[..12]);
                destination.Write(result.Span);
            }
        }

        private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
    }
}

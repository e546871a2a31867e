using RaftAkka.Protocol;
using static RaftAkka.Wire.ProtoWriter;

namespace RaftAkka.Wire;

/// <summary>
/// The messages of replication, by hand: they are most of the traffic. Entries are copied once, from their
/// records into the message; on arrival they are not copied at all, but are views of the message.
/// </summary>
internal static class AppendCodec
{
    private const int Header = 1;
    private const int PreviousTerm = 2;
    private const int PreviousIndex = 3;
    private const int LeaderCommit = 4;
    private const int Round = 5;
    private const int IsAnnouncement = 6;
    private const int Entries = 15;
    private const int Matched = 2;
    private const int AcceptedRound = 3;
    private const int Lease = 4;

    public static byte[] Encode(AppendEntries message)
    {
        var headerBytes = Headers.Bytes(message.Header);
        var bytes = Allocate(Manifests.AppendEntries,
            NestedFieldBytes(headerBytes)
            + NumberFieldBytes(message.Previous.Term.Value) + NumberFieldBytes(message.Previous.Index.Value)
            + NumberFieldBytes(message.LeaderCommit.Value) + NumberFieldBytes(message.Round.Value)
            + NumberFieldBytes(message.IsAnnouncement ? 1 : 0) + BytesFieldBytes(message.Entries.RecordBytes));

        var writer = new ProtoWriter(bytes);
        writer.StartBytes(Header, headerBytes);
        Headers.Write(ref writer, message.Header);
        writer.NumberField(PreviousTerm, message.Previous.Term.Value);
        writer.NumberField(PreviousIndex, message.Previous.Index.Value);
        writer.NumberField(LeaderCommit, message.LeaderCommit.Value);
        writer.NumberField(Round, message.Round.Value);
        writer.NumberField(IsAnnouncement, message.IsAnnouncement ? 1 : 0);
        if (!message.Entries.IsEmpty)
        {
            writer.StartBytes(Entries, message.Entries.RecordBytes);
            message.Entries.CopyRecordsTo(writer.Take(message.Entries.RecordBytes));
        }

        writer.ExpectFull();
        return bytes;
    }

    public static AppendEntries DecodeEntries(ReadOnlyMemory<byte> bytes, HeaderCache headers)
    {
        const string manifest = Manifests.AppendEntries;
        MessageHeader? header = null;
        long previousTerm = 0, previousIndex = 0, leaderCommit = 0, round = 0;
        var isAnnouncement = false;
        var records = ReadOnlyMemory<byte>.Empty;

        var reader = new ProtoReader(manifest, bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case Header << 3 | ProtoReader.Bytes: header = headers.Read(manifest, reader.ReadBytes()); break;
                case PreviousTerm << 3 | ProtoReader.Varint: previousTerm = (long)reader.ReadVarint();     break;
                case PreviousIndex << 3 | ProtoReader.Varint: previousIndex = (long)reader.ReadVarint();   break;
                case LeaderCommit << 3 | ProtoReader.Varint: leaderCommit = (long)reader.ReadVarint();     break;
                case Round << 3 | ProtoReader.Varint: round = (long)reader.ReadVarint();                   break;
                case IsAnnouncement << 3 | ProtoReader.Varint: isAnnouncement = reader.ReadVarint() != 0;  break;
                case Entries << 3 | ProtoReader.Bytes: records = reader.ReadBytes();                       break;
                default: reader.Skip(tag); break;
            }
        }

        header = Fields.Present(manifest, "the header", header);
        var previous = new EntryId(
            Fields.Term(manifest, "the previous term", previousTerm),
            Fields.Index(manifest, "the previous index", previousIndex));
        return new AppendEntries(
            header, previous, Slice(header, previous, records),
            Fields.Index(manifest, "the commit index", leaderCommit), Fields.Round(manifest, round))
        {
            IsAnnouncement = isAnnouncement,
        };
    }

    public static byte[] Encode(AppendAccepted message)
    {
        var headerBytes = Headers.Bytes(message.Header);
        var bytes = Allocate(Manifests.AppendAccepted,
            NestedFieldBytes(headerBytes) + NumberFieldBytes(message.Matched.Value)
            + NumberFieldBytes(message.Round.Value) + NumberFieldBytes(message.LeaseMilliseconds));

        var writer = new ProtoWriter(bytes);
        writer.StartBytes(Header, headerBytes);
        Headers.Write(ref writer, message.Header);
        writer.NumberField(Matched, message.Matched.Value);
        writer.NumberField(AcceptedRound, message.Round.Value);
        writer.NumberField(Lease, message.LeaseMilliseconds);
        writer.ExpectFull();
        return bytes;
    }

    public static AppendAccepted DecodeAccepted(ReadOnlyMemory<byte> bytes, HeaderCache headers)
    {
        const string manifest = Manifests.AppendAccepted;
        MessageHeader? header = null;
        long matched = 0, round = 0, lease = 0;

        var reader = new ProtoReader(manifest, bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case Header << 3 | ProtoReader.Bytes: header = headers.Read(manifest, reader.ReadBytes()); break;
                case Matched << 3 | ProtoReader.Varint: matched = (long)reader.ReadVarint();               break;
                case AcceptedRound << 3 | ProtoReader.Varint: round = (long)reader.ReadVarint();           break;
                case Lease << 3 | ProtoReader.Varint: lease = (long)reader.ReadVarint();                   break;
                default: reader.Skip(tag); break;
            }
        }

        return new AppendAccepted(
            Fields.Present(manifest, "the header", header), Fields.Index(manifest, "the matched index", matched),
            Fields.Round(manifest, round), Fields.Number(manifest, "the lease", lease));
    }

    // What the follower's rules count on, and bytes from elsewhere need not keep.
    private static LogSlice Slice(MessageHeader header, EntryId previous, ReadOnlyMemory<byte> records)
    {
        const string manifest = Manifests.AppendEntries;
        if (!LogSlice.TryDecode(records, out var slice))
            throw new WireFormatException(manifest, "its entries are damaged, of an unknown kind, or have a gap");
        if (slice.IsEmpty) return slice;
        if (slice.First.Index != previous.Index.Next || slice.First.Term < previous.Term)
            throw new WireFormatException(manifest, "its entries do not follow the previous one");
        if (slice.Last.Term > header.Term)
            throw new WireFormatException(manifest, "its entries are of a later term than its leader");
        return slice;
    }
}

using RaftAkka.Protocol;
using static RaftAkka.Wire.ProtoWriter;

namespace RaftAkka.Wire;

/// <summary>
/// The parts of a snapshot, by hand: a chunk is copied once, into the message; on arrival it is a view of the
/// message.
/// </summary>
internal static class SnapshotCodec
{
    private const int Header = 1;
    private const int LastTerm = 2;
    private const int LastIndex = 3;
    private const int FileBytes = 4;
    private const int Checksum = 5;
    private const int Offset = 6;
    private const int Chunk = 15;

    public static byte[] Encode(InstallSnapshot message)
    {
        var headerBytes = Headers.Bytes(message.Header);
        var bytes = Allocate(Manifests.InstallSnapshot,
            NestedFieldBytes(headerBytes)
            + NumberFieldBytes(message.Last.Term.Value) + NumberFieldBytes(message.Last.Index.Value)
            + NumberFieldBytes(message.Bytes) + NumberFieldBytes(message.Checksum) + NumberFieldBytes(message.Offset)
            + BytesFieldBytes(message.Chunk.Length));

        var writer = new ProtoWriter(bytes);
        writer.StartBytes(Header, headerBytes);
        Headers.Write(ref writer, message.Header);
        writer.NumberField(LastTerm, message.Last.Term.Value);
        writer.NumberField(LastIndex, message.Last.Index.Value);
        writer.NumberField(FileBytes, message.Bytes);
        writer.NumberField(Checksum, message.Checksum);
        writer.NumberField(Offset, message.Offset);
        writer.BytesField(Chunk, message.Chunk.Span);
        writer.ExpectFull();
        return bytes;
    }

    public static InstallSnapshot Decode(ReadOnlyMemory<byte> bytes, HeaderCache headers)
    {
        const string manifest = Manifests.InstallSnapshot;
        MessageHeader? header = null;
        long lastTerm = 0, lastIndex = 0, fileBytes = 0, checksum = 0, offset = 0;
        var chunk = ReadOnlyMemory<byte>.Empty;

        var reader = new ProtoReader(manifest, bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case Header << 3 | ProtoReader.Bytes: header = headers.Read(manifest, reader.ReadBytes());    break;
                case LastTerm << 3 | ProtoReader.Varint: lastTerm = reader.ReadNumber("the last term");       break;
                case LastIndex << 3 | ProtoReader.Varint: lastIndex = reader.ReadNumber("the last index");    break;
                case FileBytes << 3 | ProtoReader.Varint: fileBytes = reader.ReadNumber("the length");        break;
                case Checksum << 3 | ProtoReader.Varint: checksum = reader.ReadNumber("the checksum");        break;
                case Offset << 3 | ProtoReader.Varint: offset = reader.ReadNumber("the offset");              break;
                case Chunk << 3 | ProtoReader.Bytes: chunk = reader.ReadBytes();                              break;
                default: reader.Skip(tag); break;
            }
        }

        header = Fields.Present(manifest, "the header", header);
        var last = new EntryId(new Term(lastTerm), new LogIndex(lastIndex));
        Check(header, last, fileBytes, checksum, offset, chunk.Length);
        return new InstallSnapshot(header, last, fileBytes, (uint)checksum, offset, chunk);
    }

    // What the receiver counts on, and bytes from elsewhere need not keep.
    private static void Check(MessageHeader header, EntryId last, long fileBytes, long checksum, long offset, int chunkBytes)
    {
        const string manifest = Manifests.InstallSnapshot;
        if (last.Index == LogIndex.Zero || last.Term == Term.Zero)
            throw new WireFormatException(manifest, "its snapshot is of no entry");
        if (last.Term > header.Term)
            throw new WireFormatException(manifest, "its snapshot is of a later term than its leader");
        if (checksum > uint.MaxValue)
            throw new WireFormatException(manifest, "the checksum is longer than 32 bits");
        if (chunkBytes is 0 or > InstallSnapshot.ChunkBytesMax)
            throw new WireFormatException(
                manifest, $"its chunk has {chunkBytes} bytes; it takes 1 to {InstallSnapshot.ChunkBytesMax}");
        if (offset > fileBytes - chunkBytes)
            throw new WireFormatException(manifest, "its chunk reaches beyond the snapshot's end");
    }
}

using System.Buffers.Binary;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>A snapshot file, as a server finds it at its start and as it arrives from a leader.</summary>
internal sealed class SnapshotTarget() : FuzzTarget("snapshots")
{
    private const int FixedBytes = 192;
    private const int BlockHeaderBytes = 16;

    private static readonly LogIdentity Identity = new(new("orders"), new("raft"), new("n1"));
    private static readonly EntryId Last = new(new(3), new(40));

    public override IEnumerable<byte[]> Seeds()
    {
        var disk = new InputDisk();
        using var store = new SnapshotStore(() => disk);
        store.Open(Identity);
        var configuration = ConfigurationCodec.Encode(Configuration.Of([new(new("n1"), "192.0.2.1:4051", Disk: new(9))]));
        using var writer = store.Begin(new SnapshotHead(Last, configuration));
        writer.Begin(SnapshotSection.Sessions).Write(new byte[] { 1, 2, 3 });
        writer.Begin(SnapshotSection.Machine).Write(new byte[] { 4, 5 });
        writer.Commit();

        var file = disk.Open(disk.List().Single());
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        yield return bytes;
    }

    protected override void Decode(byte[] input)
    {
        Repair(input);
        var disk = new InputDisk();
        disk.Add(SnapshotFileNames.Of(Last), input);
        try
        {
            using var store = new SnapshotStore(() => disk);
            if (store.Open(Identity) is not { } newest) return;

            using var reader = store.Read(newest);
            reader.Open(SnapshotSection.Sessions).CopyTo(Stream.Null);
            reader.Open(SnapshotSection.Machine).CopyTo(Stream.Null);
            reader.Finish();
        }
        catch (UnusableLogException)
        {
            return;
        }
    }

    // Puts the checksums of the header, the configuration, each block and the whole right, as far as lengths make sense.
    private static void Repair(byte[] input)
    {
        if (input.Length < FixedBytes) return;

        var header = input.AsSpan(0, FixedBytes);
        var configurationBytes = BinaryPrimitives.ReadUInt32LittleEndian(header[32..]);
        if (configurationBytes > input.Length - FixedBytes) return;

        var at = FixedBytes + (int)configurationBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(header[36..], Crc32C.Compute(input.AsSpan(FixedBytes, (int)configurationBytes)));
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Compute(header[..12], header[16..]));
        while (input.Length - at >= BlockHeaderBytes)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(input.AsSpan(at + 12));
            if (length > input.Length - at - BlockHeaderBytes) return;

            var block = input.AsSpan(at, BlockHeaderBytes + (int)length);
            BinaryPrimitives.WriteUInt32LittleEndian(block, Crc32C.Compute(block[4..]));
            at += block.Length;
        }

        if (input.Length - at == sizeof(uint))
            BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(at), Crc32C.Compute(input.AsSpan(0, at)));
    }
}

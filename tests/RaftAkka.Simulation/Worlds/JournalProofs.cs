using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Disks;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// How far a log file's bytes are proven to be complete by what follows them. Damage up to there can be told from an
/// interrupted last write; damage to a last record that nothing follows cannot, by no log, so that it is not done.
/// </summary>
internal static class JournalProofs
{
    public static long ProvenBytes(Inode file)
    {
        var bytes = file.Durable;
        var (offset, proven) = (SegmentHeader.Bytes, 0);
        while (offset < bytes.Length && RecordCodec.TryReadHeader(bytes[offset..], out var header))
        {
            if (header.Kind is JournalRecords.SyncMark or JournalRecords.Seal) proven = offset;
            offset += header.RecordBytes;
        }

        return proven;
    }
}

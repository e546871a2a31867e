using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RaftAkka.KeyValue.Storage;

/// <summary>
/// SHA-256 over the revision and every entry in order, each field with its length or at a fixed size, so that
/// no two states write the same bytes.
/// </summary>
internal static class StateDigest
{
    public static string Of(long revision, EntryTree entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, revision);
        Append(hash, entries.Count);
        foreach (var entry in entries.From(ReadOnlyMemory<byte>.Empty))
        {
            Append(hash, entry.Key.Length);
            hash.AppendData(entry.Key);
            Append(hash, entry.Value.Length);
            hash.AppendData(entry.Value);
            Append(hash, entry.Version.CreateRevision);
            Append(hash, entry.Version.ModRevision);
            Append(hash, entry.Version.Version);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}

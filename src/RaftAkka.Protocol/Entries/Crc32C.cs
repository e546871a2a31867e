using System.Numerics;
using System.Runtime.InteropServices;

namespace RaftAkka.Protocol;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), by the processor's instruction where it has one.</summary>
public static class Crc32C
{
    /// <summary>The checksum of two pieces of bytes as if they stood one behind the other.</summary>
    public static uint Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        ~Append(Append(~0u, first), second);

    /// <summary>The checksum of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(~0u, bytes);

    /// <summary>The checksum of bytes that stand behind others, from the checksum of those; of no bytes it is 0.</summary>
    public static uint Continue(uint checksum, ReadOnlySpan<byte> next) => ~Append(~checksum, next);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        // Eight bytes a step. The words are little-endian by the definition of the instruction; .NET runs on
        // no big-endian machine that a server would use, and the golden bytes in the tests would say so.
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}

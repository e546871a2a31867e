using System.Buffers.Binary;

namespace RaftAkka.Tool.Bench;

/// <summary>The keys of a run and what it writes there.</summary>
internal static class BenchKey
{
    /// <summary>The length of every key: <c>bench/</c> and six digits.</summary>
    public const int Bytes = 12;

    /// <summary>As many as six digits can tell apart.</summary>
    public const int CountMax = 1_000_000;

    public static void Write(int number, Span<byte> key)
    {
        "bench/"u8.CopyTo(key);
        for (var digit = Bytes - 1; digit >= 6; digit--)
        {
            key[digit] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}

/// <summary>
/// What tells one write from all others of a run: it is at the start of the value, as far as the value goes.
/// </summary>
internal static class Stamp
{
    private const int NumberBits = 40;

    public static long Of(int caller, long number) => ((long)(caller + 1) << NumberBits) | number;

    public static void Write(long stamp, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, stamp);
        bytes[..Math.Min(bytes.Length, value.Length)].CopyTo(value);
    }

    public static bool IsAt(long stamp, ReadOnlySpan<byte> value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, stamp);
        return value.StartsWith(bytes[..Math.Min(bytes.Length, value.Length)]);
    }
}

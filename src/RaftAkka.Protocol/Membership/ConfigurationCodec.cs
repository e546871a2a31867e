using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RaftAkka.Protocol;

/// <summary>
/// A configuration as bytes: the payload of a log entry, and a part of every snapshot. Equal configurations are equal
/// bytes. All numbers are little-endian:
/// <code>
/// offset  0  u8   version of this format, 1
///         1  u16  count of members; for each of them, by rising id:
///                 u8   length of the id
///                      id, ASCII
///                 u16  length of the address
///                      address, ASCII
///                 u8   role
///                 i32  priority
///                 i64  disk, 0 if unknown
///            u16  count of outgoing voters, likewise
///            u32  count of ids that were used before; for each of them, rising:
///                 u8   length of the id
///                      id, ASCII
/// </code>
/// </summary>
public static class ConfigurationCodec
{
    private const byte Version = 1;

    /// <summary>Encodes a configuration into an array of its exact size.</summary>
    public static byte[] Encode(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);

        using var bytes = new MemoryStream();
        bytes.WriteByte(Version);
        Write(bytes, configuration.Members);
        Write(bytes, configuration.Outgoing);
        WriteNumber(bytes, configuration.Retired.Length, sizeof(uint));
        foreach (var id in configuration.Retired) WriteText(bytes, id.Value, lengthBytes: 1);
        return bytes.ToArray();
    }

    /// <summary>Reads a configuration. Lengths are checked before use.</summary>
    /// <returns>Whether the bytes were exactly one configuration, whose parts fit together.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Configuration? configuration)
    {
        configuration = null;
        var rest = new Reader(bytes);
        if (rest.Number(1) != Version) return false;

        try
        {
            if (ReadMembers(ref rest) is not { } members || ReadMembers(ref rest) is not { } outgoing) return false;

            var count = rest.Number(sizeof(uint));
            if (count is < 0 or > Configuration.RetiredMax) return false;
            var retired = new List<ServerId>();
            for (var i = 0; i < count; i++)
            {
                if (rest.Text(1) is not { } id) return false;
                retired.Add(new ServerId(id));
            }

            if (!rest.IsEmpty) return false;

            configuration = Configuration.Of(members, outgoing, retired);
            return true;
        }
        catch (ArgumentException)
        {
            return false;   // An id that is none, or parts that do not fit together.
        }
    }

    private static void Write(MemoryStream bytes, IReadOnlyCollection<Member> members)
    {
        WriteNumber(bytes, members.Count, sizeof(ushort));
        foreach (var member in members)
        {
            WriteText(bytes, member.Id.Value, lengthBytes: 1);
            WriteText(bytes, member.Address, lengthBytes: 2);
            WriteNumber(bytes, (byte)member.Role, 1);
            WriteNumber(bytes, member.Priority, sizeof(int));
            WriteNumber(bytes, member.Disk.Value, sizeof(long));
        }
    }

    private static void WriteText(MemoryStream bytes, string text, int lengthBytes)
    {
        WriteNumber(bytes, text.Length, lengthBytes);
        bytes.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void WriteNumber(MemoryStream bytes, long number, int size)
    {
        Span<byte> all = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(all, number);
        bytes.Write(all[..size]);
    }

    private static List<Member>? ReadMembers(ref Reader rest)
    {
        var count = rest.Number(sizeof(ushort));
        if (count is < 0 or > Configuration.MembersMax) return null;

        var members = new List<Member>();
        for (var i = 0; i < count; i++)
        {
            if (rest.Text(1) is not { } id || rest.Text(2) is not { } address) return null;
            if (rest.Bytes(13) is not { Length: 13 } numbers) return null;

            var role = (MemberRole)numbers[0];
            if (role is not (MemberRole.Voter or MemberRole.Learner or MemberRole.Replica)) return null;
            members.Add(new Member(
                new ServerId(id), address, role,
                BinaryPrimitives.ReadInt32LittleEndian(numbers[1..]),
                new DiskId(BinaryPrimitives.ReadInt64LittleEndian(numbers[5..]))));
        }

        return members;
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsEmpty => _rest.IsEmpty;

        /// <returns>The bytes; fewer than were asked for where there are no more.</returns>
        public ReadOnlySpan<byte> Bytes(int count)
        {
            var taken = _rest[..Math.Min(count, _rest.Length)];
            _rest = _rest[taken.Length..];
            return taken;
        }

        /// <returns>A number without a sign, or -1 where the bytes have ended.</returns>
        public long Number(int size)
        {
            var taken = Bytes(size);
            if (taken.Length < size) return -1;

            var number = 0L;
            for (var i = size - 1; i >= 0; i--) number = (number << 8) | taken[i];
            return number;
        }

        public string? Text(int lengthBytes)
        {
            var length = (int)Number(lengthBytes);
            if (length < 0 || length > _rest.Length) return null;

            var text = Bytes(length);
            foreach (var c in text)
                if (c > 127) return null;
            return Encoding.ASCII.GetString(text);
        }
    }
}

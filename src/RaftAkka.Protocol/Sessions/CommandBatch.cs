using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RaftAkka.Protocol;

/// <summary>One command or query of a client, and its number within the session.</summary>
/// <param name="Sequence">Its number; a retry keeps it.</param>
/// <param name="Body">What the state machine gets.</param>
public readonly record struct Command(SequenceNumber Sequence, ReadOnlyMemory<byte> Body);

/// <summary>
/// Commands (or queries) that one client sends together. Encoded once, by the client: these bytes are the payload
/// of the log entry, on the wire and on every disk. All numbers are little-endian:
/// <code>
/// offset  0  u8   version of this format, 2; or 1, without a token
///         1  i64  session
///         9  i64  acknowledged: the client has the results of every command up to this number
///        17  u32  count of commands
///        21  u64  upper half of the session's token
///        29  u64  lower half of the session's token
///        37       the commands, or 21 in version 1; for each of them:
///                 i64  sequence number
///                 u32  length of the body
///                      body
/// </code>
/// Queries have no session, and are of version 1. So are the commands of sessions that were registered before clients drew
/// tokens. A batch of version 2 has at least one command that it does not acknowledge: a client sends only what it has no
/// result of, and never acknowledges beyond that.
/// </summary>
public sealed class CommandBatch
{
    /// <summary>The bytes before the first command, where the session has a token.</summary>
    public const int HeaderBytes = HeaderBytesWithoutToken + (2 * sizeof(ulong));

    /// <summary>The bytes before each command's body.</summary>
    public const int CommandHeaderBytes = 12;

    private const int HeaderBytesWithoutToken = 21;
    private const byte VersionWithoutToken = 1;
    private const byte Version = 2;

    private readonly ReadOnlyMemory<byte> _bytes;
    private Command[]? _commands;

    private CommandBatch(ReadOnlyMemory<byte> bytes, int count)
    {
        var span = bytes.Span;
        (_bytes, Count) = (bytes, count);
        Session = new SessionId(BinaryPrimitives.ReadInt64LittleEndian(span[1..]), TokenOf(span));
        Acknowledged = new SequenceNumber(BinaryPrimitives.ReadInt64LittleEndian(span[9..]));
    }

    /// <summary>The client's session.</summary>
    public SessionId Session { get; }

    /// <summary>The client has the results of every command up to this number, so that they can be forgotten.</summary>
    public SequenceNumber Acknowledged { get; }

    /// <summary>How many commands there are.</summary>
    public int Count { get; }

    /// <summary>The commands, in the order in which they are to be applied. Made when first asked for.</summary>
    public IReadOnlyList<Command> Commands
    {
        get
        {
            if (_commands is not null) return _commands;

            var (commands, next) = (new Command[Count], 0);
            foreach (var command in OneByOne()) commands[next++] = command;
            return _commands = commands;
        }
    }

    /// <summary>Encodes a batch into an array of its exact size.</summary>
    public static byte[] Encode(SessionId session, SequenceNumber acknowledged, IReadOnlyList<Command> commands)
    {
        ArgumentNullException.ThrowIfNull(commands);

        var hasToken = session.Token != SessionToken.None;
        var length = hasToken ? HeaderBytes : HeaderBytesWithoutToken;
        var start = length;
        foreach (var command in commands) length += CommandHeaderBytes + command.Body.Length;

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        bytes[0] = hasToken ? Version : VersionWithoutToken;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), session.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(9), acknowledged.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(17), commands.Count);

        if (hasToken)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(21), session.Token.High);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(29), session.Token.Low);
        }

        var rest = bytes.AsSpan(start);
        foreach (var command in commands)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, command.Sequence.Value);
            BinaryPrimitives.WriteInt32LittleEndian(rest[8..], command.Body.Length);
            command.Body.Span.CopyTo(rest[CommandHeaderBytes..]);
            rest = rest[(CommandHeaderBytes + command.Body.Length)..];
        }

        return bytes;
    }

    /// <summary>Reads a batch; its commands keep views of <paramref name="bytes"/>. Lengths are checked before use.</summary>
    /// <returns>Whether the bytes were exactly one batch.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CommandBatch? batch)
    {
        batch = null;
        var span = bytes.Span;
        if (span.Length < HeaderBytesWithoutToken || span[0] is not (Version or VersionWithoutToken)) return false;

        var at = StartOfCommands(span);
        if (span.Length < at || (span[0] == Version && TokenOf(span) == SessionToken.None)) return false;

        var session = BinaryPrimitives.ReadInt64LittleEndian(span[1..]);
        var acknowledged = BinaryPrimitives.ReadInt64LittleEndian(span[9..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(span[17..]);
        if (session < 0 || acknowledged < 0 || count > (span.Length - at) / CommandHeaderBytes) return false;

        var highest = 0L;
        for (var i = 0; i < count; i++)
        {
            if (span.Length - at < CommandHeaderBytes) return false;
            var sequence = BinaryPrimitives.ReadInt64LittleEndian(span[at..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(span[(at + 8)..]);
            at += CommandHeaderBytes;
            if (sequence < 1 || length > span.Length - at) return false;

            highest = Math.Max(highest, sequence);
            at += (int)length;
        }

        if (at != span.Length || (span[0] == Version && acknowledged >= highest)) return false;

        batch = new CommandBatch(bytes, (int)count);
        return true;
    }

    // Reads them out of the bytes one by one: a server goes through a batch once, and needs no list for that.
    internal Walk OneByOne() => new(_bytes);

    private static int StartOfCommands(ReadOnlySpan<byte> bytes) =>
        bytes[0] == Version ? HeaderBytes : HeaderBytesWithoutToken;

    private static SessionToken TokenOf(ReadOnlySpan<byte> bytes) => bytes[0] == Version
        ? new SessionToken(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[21..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[29..]))
        : SessionToken.None;

    internal struct Walk(ReadOnlyMemory<byte> bytes)
    {
        private int _next = StartOfCommands(bytes.Span);

        public Command Current { get; private set; }

        public readonly Walk GetEnumerator() => this;

        // All lengths were checked when the batch was decoded.
        public bool MoveNext()
        {
            if (_next == bytes.Length) return false;

            var head = bytes.Span[_next..];
            var sequence = BinaryPrimitives.ReadInt64LittleEndian(head);
            var length = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
            Current = new Command(new SequenceNumber(sequence), bytes.Slice(_next + CommandHeaderBytes, length));
            _next += CommandHeaderBytes + length;
            return true;
        }
    }
}

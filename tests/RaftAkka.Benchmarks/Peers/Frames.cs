using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace RaftAkka.Benchmarks.Peers;

/// <summary>
/// A connection that carries small frames: each a length, a number and a body. What is written while the last packet
/// goes out becomes the next packet, so that many frames cost one system call.
/// </summary>
internal sealed class Frames : IDisposable
{
    public const int HeadBytes = sizeof(int) + sizeof(int);

    private readonly NetworkStream _stream;
    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _filling = new(64 * 1024);
    private ArrayBufferWriter<byte> _sending = new(64 * 1024);
    private bool _isSending;

    public Frames(Socket socket)
    {
        socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends a frame whose body is three pieces, one after the other.</summary>
    public void Write(int number, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        var length = first.Length + second.Length + third.Length;
        lock (_lock)
        {
            var frame = _filling.GetSpan(HeadBytes + length);
            BinaryPrimitives.WriteInt32LittleEndian(frame, length);
            BinaryPrimitives.WriteInt32LittleEndian(frame[sizeof(int)..], number);
            first.CopyTo(frame[HeadBytes..]);
            second.CopyTo(frame[(HeadBytes + first.Length)..]);
            third.CopyTo(frame[(HeadBytes + first.Length + second.Length)..]);
            _filling.Advance(HeadBytes + length);
            if (_isSending) return;
            _isSending = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static frames => _ = frames.SendAsync(), this, preferLocal: false);
    }

    /// <summary>Hands every frame that comes to somebody, until the other side closes.</summary>
    public async Task ReadAsync(FrameHandler handler)
    {
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        while (true)
        {
            var read = await reader.ReadAsync();
            var rest = read.Buffer;
            while (TryTake(ref rest, out var number, out var body)) handler(this, number, body);
            reader.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) return;
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task SendAsync()
    {
        try
        {
            while (TakeFilled()) await _stream.WriteAsync(_sending.WrittenMemory);
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            _stream.Dispose();   // Whoever reads on the other side, or on this one, sees the end.
        }
    }

    private bool TakeFilled()
    {
        lock (_lock)
        {
            _sending.ResetWrittenCount();
            (_filling, _sending) = (_sending, _filling);
            return _isSending = _sending.WrittenCount > 0;
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> rest, out int number, out byte[] body)
    {
        (number, body) = (0, []);
        if (rest.Length < HeadBytes) return false;

        Span<byte> head = stackalloc byte[HeadBytes];
        rest.Slice(0, HeadBytes).CopyTo(head);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (rest.Length < HeadBytes + length) return false;

        number = BinaryPrimitives.ReadInt32LittleEndian(head[sizeof(int)..]);
        body = rest.Slice(HeadBytes, length).ToArray();
        rest = rest.Slice(HeadBytes + length);
        return true;
    }
}

/// <summary>Takes a frame; the body is its own.</summary>
internal delegate void FrameHandler(Frames connection, int number, byte[] body);

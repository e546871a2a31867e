namespace RaftAkka.Server;

/// <summary>
/// The bytes of queries that wait at one server, from when it takes them until the state machine has answered them: a
/// machine that is slow fills it, and then clients are told that the server is busy. The server takes, and the machine gives
/// back, on whatever threads they run.
/// </summary>
/// <param name="bytesMax">With so many bytes waiting, no further batch is taken.</param>
internal sealed class ReadQuota(long bytesMax)
{
    private long _bytes;

    /// <summary>How many bytes wait now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts a batch of queries where there is room: one that is taken may go beyond the limit.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryTake(int bytes)
    {
        if (Bytes >= bytesMax) return false;

        Interlocked.Add(ref _bytes, bytes);
        return true;
    }

    /// <summary>A batch that was taken does not wait any more: it was answered or refused.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}

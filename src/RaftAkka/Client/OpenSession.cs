using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>
/// The client's registered session: gives numbers to commands, and knows up to which number the client needs
/// no result any more. A number is finished when its result has come or its command was given up, for then it
/// is never sent again; the server may forget the result, and must not apply a copy that is still on its way.
/// </summary>
internal sealed class OpenSession
{
    private readonly bool[] _isFinished;
    private long _last;
    private long _acknowledged;

    /// <param name="id">The session.</param>
    /// <param name="span">The most numbers between the oldest unfinished command and the newest.</param>
    public OpenSession(SessionId id, int span)
    {
        Id = id;
        _isFinished = new bool[span];
    }

    public SessionId Id { get; }

    /// <summary>Every command up to this number is finished.</summary>
    public SequenceNumber Acknowledged => new(_acknowledged);

    /// <summary>
    /// Whether another command has room. It has not while an old one is unfinished and many newer ones are
    /// done: the server would have to keep all their results.
    /// </summary>
    public bool HasRoom => _last - _acknowledged < _isFinished.Length;

    public long TakeNumber()
    {
        _last++;
        return _last;
    }

    public void Finish(long sequence)
    {
        _isFinished[sequence % _isFinished.Length] = true;
        while (_acknowledged < _last)
        {
            ref var next = ref _isFinished[(_acknowledged + 1) % _isFinished.Length];
            if (!next) break;
            next = false;
            _acknowledged++;
        }
    }
}

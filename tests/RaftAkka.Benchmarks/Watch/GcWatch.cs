using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace RaftAkka.Benchmarks.Watch;

/// <summary>
/// The garbage collections of another process, as its runtime reports them to whoever asks. The process itself needs no
/// code or setting for it, and the few events of each collection cost it nothing that one could measure.
/// </summary>
internal sealed class GcWatch : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly EventPipeProvider[] Providers =
    [
        new("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, (long)ClrTraceEventParser.Keywords.GC),
        new("System.Runtime", EventLevel.Informational, 0, new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" }),
    ];

    private readonly EventPipeSession _session;
    private readonly Thread _reader;
    private readonly Lock _lock = new();
    private GcSeen _seen;
    private double? _suspendedMs;

    private GcWatch(EventPipeSession session)
    {
        _session = session;
        _reader = new Thread(Read) { IsBackground = true, Name = "garbage collections" };
        _reader.Start();
    }

    public static GcWatch On(int process) =>
        new(new DiagnosticsClient(process).StartEventPipeSession(Providers, requestRundown: false, circularBufferMB: 16));

    /// <summary>What was seen since the last time. It arrives about a second after it happened.</summary>
    public GcSeen Take()
    {
        lock (_lock)
        {
            var seen = _seen;
            _seen = default;
            return seen;
        }
    }

    public void Dispose()
    {
        // A process that is stopped, or gone, does not answer; its session ends with this process at the latest.
        Task.Run(_session.Stop).ContinueWith(_ => { }, TaskScheduler.Default).Wait(Patience);
        _reader.Join(Patience);
        _session.Dispose();
    }

    private void Read()
    {
        try
        {
            using var source = new EventPipeEventSource(_session.EventStream);
            source.Clr.GCStart += _ => Note(seen => seen with { Collections = seen.Collections + 1 });
            source.Clr.GCSuspendEEStart += OnSuspending;
            source.Clr.GCRestartEEStop += OnRestarted;
            source.Dynamic.All += OnCounter;
            source.Process();
        }
        catch (Exception ended) when (ended is IOException or EndOfStreamException or FormatException or ObjectDisposedException)
        {
            // The process has ended in the middle of an event.
        }
    }

    private void OnSuspending(GCSuspendEETraceData suspending)
    {
        if (suspending.Reason is GCSuspendEEReason.SuspendForGC or GCSuspendEEReason.SuspendForGCPrep)
            _suspendedMs = suspending.TimeStampRelativeMSec;
    }

    private void OnRestarted(GCNoUserDataTraceData restarted)
    {
        if (_suspendedMs is not { } since) return;   // Suspended for something else, or before the session began.

        _suspendedMs = null;
        var pauseMs = restarted.TimeStampRelativeMSec - since;
        Note(seen => seen with { PauseMs = seen.PauseMs + pauseMs, LongestMs = Math.Max(seen.LongestMs, pauseMs) });
    }

    private void OnCounter(TraceEvent counter)
    {
        if (counter.EventName != "EventCounters") return;

        var payload = (IDictionary<string, object>)((IDictionary<string, object>)counter.PayloadValue(0))["Payload"];
        if (payload["Name"] is not "alloc-rate") return;

        var bytes = (double)payload["Increment"];
        Note(seen => seen with { AllocatedBytes = seen.AllocatedBytes + bytes, Reports = seen.Reports + 1 });
    }

    private void Note(Func<GcSeen, GcSeen> change)
    {
        lock (_lock) _seen = change(_seen);
    }
}

/// <summary>What a process's garbage collector did in some time.</summary>
/// <param name="Collections">How often it ran.</param>
/// <param name="PauseMs">How long it stopped all threads, in total.</param>
/// <param name="LongestMs">And at most.</param>
/// <param name="AllocatedBytes">What the process allocated in the seconds that it reported.</param>
/// <param name="Reports">How many seconds that are.</param>
internal readonly record struct GcSeen(
    int Collections, double PauseMs, double LongestMs, double AllocatedBytes, int Reports);

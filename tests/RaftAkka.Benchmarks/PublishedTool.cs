using System.Diagnostics;
using System.Reflection;

namespace RaftAkka.Benchmarks;

/// <summary>The executable as an operator has it: published, which compiles it ahead.</summary>
internal static class PublishedTool
{
    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    /// <summary>Where it is; published by the first who asks.</summary>
    public static Task<string> PathAsync() => Published.Value;

    private static async Task<string> PublishAsync()
    {
        var project = typeof(PublishedTool).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ToolProject").Value!;
        var directory = Path.Combine(AppContext.BaseDirectory, "published");
        Console.Error.WriteLine("dotnet publish: the nodes' executable");
        var start = new ProcessStartInfo(
            "dotnet", ["publish", project, "-c", "Release", "-o", directory, "-v", "quiet", "-nologo"])
        {
            RedirectStandardOutput = true,
        };
        using var publish = Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0
            ? Path.Combine(directory, OperatingSystem.IsWindows() ? "raftakka.exe" : "raftakka")
            : throw new InvalidOperationException($"dotnet publish {project} failed:{Environment.NewLine}{said}");
    }
}

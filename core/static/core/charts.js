/* Draws control charts with ECharts, from JSON that the server wrote into the page.
   A chart is drawn when it is scrolled to, again when colours change; its points are doors to rows. */
"use strict";

(() => {
  const address = document.currentScript.dataset.library;
  let library = null;

  /** Fetch ECharts for the first chart that is seen: the page is on the screen before it, and without one it stays away. */
  function fetched() {
    if (!library) library = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => { library = null; script.remove(); reject(new Error(address)); };
      document.head.append(script);
    });
    return library;
  }

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const text = () => ({ color: token("ink3"), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily });

  /** A control chart: one track of points, or level above and spread below over the same ones; limits are steps, signals have their rule's number. */
  function control(data, box) {
    const narrow = box.clientWidth < 560;
    const many = data.labels.length > 400;
    const gap = (value) => (value === null ? "-" : value);
    const written = (value) => value.toFixed(data.places);
    const label = text();
    const single = data.tracks.length === 1;
    const heights = single ? [{ top: 34, bottom: 72 }] : [{ top: 34, height: "52%" }, { top: "72%", bottom: 52 }];
    const axes = data.tracks.map((track, at) => at);
    const lines = data.lines.length ? {
      silent: true, symbol: "none", lineStyle: { color: token("ink3"), type: "dotted" },
      label: { ...label, position: "end", formatter: (line) => line.name }, data: data.lines.map((line) => ({ xAxis: line.at, name: line.label })),
    } : undefined;
    const left = new Set(data.excluded);
    const point = (value, place) => (left.has(place) ? { value: gap(value), symbol: "emptyCircle", symbolSize: 8, itemStyle: { color: token("ink3") } } : gap(value));
    const series = data.tracks.flatMap((track, at) => {
      const own = { xAxisIndex: at, yAxisIndex: at };
      const limit = (name) => ({
        ...own, type: "line", step: "middle", symbol: "none", silent: true, data: track[name].map(gap),
        lineStyle: { color: token(name === "centre" ? "ink3" : "ink"), width: 1, type: name === "centre" ? "dashed" : "solid" },
        endLabel: { ...label, show: !narrow, distance: 4, formatter: (shown) => `${data.names[name]} ${Number.isFinite(shown.value) ? written(shown.value) : ""}` },
      });
      return [
        {
          ...own, type: "line", data: track.values.map(point), symbol: "circle", symbolSize: 5, showSymbol: !many, z: 4, cursor: "pointer",
          lineStyle: { color: token("data1"), width: many ? 1 : 1.6 }, itemStyle: { color: token("data1") }, markLine: at ? undefined : lines,
        },
        limit("centre"), limit("low"), limit("high"),
        {
          ...own, type: "scatter", symbol: "diamond", symbolSize: 10, z: 6, itemStyle: { color: token("bad") }, cursor: "pointer",
          data: track.marks.map(([place, rules]) => ({ value: [place, track.values[place]], name: rules, place })),
          label: { show: true, position: "top", color: token("bad"), fontSize: 11, formatter: (shown) => shown.name },
          labelLayout: { hideOverlap: true },
        },
      ];
    });
    return {
      animation: false,
      grid: heights.map((one) => ({ left: narrow ? 48 : 64, right: narrow ? 12 : 104, ...one })),
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      xAxis: data.tracks.map((track, at) => ({
        type: "category", gridIndex: at, data: data.labels, boundaryGap: false, axisTick: { show: false },
        axisLabel: { ...label, show: at === axes.length - 1, hideOverlap: true }, axisLine: { onZero: false, lineStyle: { color: token("control") } },
      })),
      yAxis: data.tracks.map((track, at) => ({
        type: "value", gridIndex: at, scale: true, name: track.name, nameTextStyle: { ...label, align: "left" }, nameGap: 10, splitNumber: at ? 2 : 4,
        axisLabel: { ...label, formatter: written }, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: token("line2") } },
      })),
      dataZoom: [
        { type: "inside", xAxisIndex: axes, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
        { type: "slider", xAxisIndex: axes, height: 18, bottom: 8, borderColor: token("line"), fillerColor: token("band"), textStyle: label, brushSelect: false },
      ],
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: token("surface"), borderColor: token("line"),
        textStyle: { ...label, color: token("ink") }, renderMode: "richText",
        formatter: (shown) => data.words[shown[0].dataIndex],
      },
      series,
    };
  }

  function draw(box) {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const chart = window.echarts.init(box, null, { renderer: "canvas" }); // thousands of points; a picture to save
    const paint = () => chart.setOption(control(data, box), true);
    const open = (index) => { if (data.links && data.links[index]) window.location.assign(data.links[index]); };
    paint();
    chart.on("click", (point) => open(point.data && point.data.place !== undefined ? point.data.place : point.dataIndex));
    document.addEventListener("theme", paint);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    new ResizeObserver(() => chart.resize()).observe(box);
    walkable(box, chart, data, open);
  }

  /** Arrow keys walk the points and say them; Enter opens the rows behind one. */
  function walkable(box, chart, data, open) {
    let at = data.values.length;
    const last = data.values.length - 1;
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && at <= last) open(at);
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      at = Math.max(0, Math.min(last, at + step));
      chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: at });
      document.getElementById("live").textContent = data.words[at].replace(/<[^>]+>/g, " ");
    });
    box.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
  }

  /** Its table stands in for a chart that the network kept away, until it is back. */
  function tryAgain(box) {
    window.addEventListener("online", () => seen.observe(box), { once: true });
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      fetched().then(() => draw(entry.target), () => tryAgain(entry.target));
    }
  }, { rootMargin: "200px" });
  for (const box of document.querySelectorAll("[data-chart]")) seen.observe(box);

  for (const button of document.querySelectorAll("[data-png]")) button.addEventListener("click", () => {
    const chart = window.echarts && window.echarts.getInstanceByDom(document.getElementById(button.dataset.png));
    if (!chart) return;
    const link = document.createElement("a");
    link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: token("surface"), excludeComponents: ["dataZoom"] });
    link.download = `${button.dataset.name}.png`;
    link.click();
  });

  window.addEventListener("beforeprint", () => {
    if (!window.echarts) return;
    for (const box of document.querySelectorAll("[data-chart]")) {
      const chart = window.echarts.getInstanceByDom(box);
      if (chart) chart.resize();
    }
  });
})();

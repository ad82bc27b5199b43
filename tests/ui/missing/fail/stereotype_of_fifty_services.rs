//! One stereotype that is missing in an application of 50 services and 60 endpoints is one error.

use std::sync::Arc;

use inject_runtime::{Inject, Routes, container, get, infrastructure, repository, routes, service};

#[infrastructure] pub struct Database;
#[service] pub trait Mailer: Send + Sync {}
#[service] pub struct SmtpMailer;
impl Mailer for SmtpMailer {}

#[repository] pub struct Repository0 { _database: Arc<Database> }
#[repository] pub struct Repository1 { _database: Arc<Database> }
#[repository] pub struct Repository2 { _database: Arc<Database> }
pub struct Repository3 { _database: Arc<Database> }
#[repository] pub struct Repository4 { _database: Arc<Database> }
#[repository] pub struct Repository5 { _database: Arc<Database> }
#[repository] pub struct Repository6 { _database: Arc<Database> }
#[repository] pub struct Repository7 { _database: Arc<Database> }
#[repository] pub struct Repository8 { _database: Arc<Database> }
#[repository] pub struct Repository9 { _database: Arc<Database> }

#[service] pub struct Service0 { _a: Repository0, _b: Repository3, _mailer: Arc<dyn Mailer> }
#[service] pub struct Service1 { _a: Repository1, _b: Repository0 }
#[service] pub struct Service2 { _a: Repository2, _b: Repository7, _mailer: Arc<dyn Mailer> }
#[service] pub struct Service3 { _a: Repository3, _b: Repository4 }
#[service] pub struct Service4 { _a: Repository4, _b: Repository1, _mailer: Arc<dyn Mailer> }
#[service] pub struct Service5 { _a: Repository5, _b: Repository8 }
#[service] pub struct Service6 { _a: Repository6, _b: Repository5, _mailer: Arc<dyn Mailer> }
#[service] pub struct Service7 { _a: Repository7, _b: Repository2 }
#[service] pub struct Service8 { _a: Repository8, _b: Repository9, _mailer: Arc<dyn Mailer> }
#[service] pub struct Service9 { _a: Repository9, _b: Repository6 }
#[service] pub struct Service10 { _a: Repository0, _b: Repository3, _mailer: Arc<dyn Mailer>, _other: Arc<Service0> }
#[service] pub struct Service11 { _a: Repository1, _b: Repository0, _other: Service1 }
#[service] pub struct Service12 { _a: Repository2, _b: Repository7, _mailer: Arc<dyn Mailer>, _other: Service2 }
#[service] pub struct Service13 { _a: Repository3, _b: Repository4, _other: Arc<Service3> }
#[service] pub struct Service14 { _a: Repository4, _b: Repository1, _mailer: Arc<dyn Mailer>, _other: Service4 }
#[service] pub struct Service15 { _a: Repository5, _b: Repository8, _other: Service5 }
#[service] pub struct Service16 { _a: Repository6, _b: Repository5, _mailer: Arc<dyn Mailer>, _other: Arc<Service6> }
#[service] pub struct Service17 { _a: Repository7, _b: Repository2, _other: Service7 }
#[service] pub struct Service18 { _a: Repository8, _b: Repository9, _mailer: Arc<dyn Mailer>, _other: Service8 }
#[service] pub struct Service19 { _a: Repository9, _b: Repository6, _other: Arc<Service9> }
#[service] pub struct Service20 { _a: Repository0, _b: Repository3, _mailer: Arc<dyn Mailer>, _other: Service10 }
#[service] pub struct Service21 { _a: Repository1, _b: Repository0, _other: Service11 }
#[service] pub struct Service22 { _a: Repository2, _b: Repository7, _mailer: Arc<dyn Mailer>, _other: Arc<Service12> }
#[service] pub struct Service23 { _a: Repository3, _b: Repository4, _other: Service13 }
#[service] pub struct Service24 { _a: Repository4, _b: Repository1, _mailer: Arc<dyn Mailer>, _other: Service14 }
#[service] pub struct Service25 { _a: Repository5, _b: Repository8, _other: Arc<Service15> }
#[service] pub struct Service26 { _a: Repository6, _b: Repository5, _mailer: Arc<dyn Mailer>, _other: Service16 }
#[service] pub struct Service27 { _a: Repository7, _b: Repository2, _other: Service17 }
#[service] pub struct Service28 { _a: Repository8, _b: Repository9, _mailer: Arc<dyn Mailer>, _other: Arc<Service18> }
#[service] pub struct Service29 { _a: Repository9, _b: Repository6, _other: Service19 }
#[service] pub struct Service30 { _a: Repository0, _b: Repository3, _mailer: Arc<dyn Mailer>, _other: Service20 }
#[service] pub struct Service31 { _a: Repository1, _b: Repository0, _other: Arc<Service21> }
#[service] pub struct Service32 { _a: Repository2, _b: Repository7, _mailer: Arc<dyn Mailer>, _other: Service22 }
#[service] pub struct Service33 { _a: Repository3, _b: Repository4, _other: Service23 }
#[service] pub struct Service34 { _a: Repository4, _b: Repository1, _mailer: Arc<dyn Mailer>, _other: Arc<Service24> }
#[service] pub struct Service35 { _a: Repository5, _b: Repository8, _other: Service25 }
#[service] pub struct Service36 { _a: Repository6, _b: Repository5, _mailer: Arc<dyn Mailer>, _other: Service26 }
#[service] pub struct Service37 { _a: Repository7, _b: Repository2, _other: Arc<Service27> }
#[service] pub struct Service38 { _a: Repository8, _b: Repository9, _mailer: Arc<dyn Mailer>, _other: Service28 }
#[service] pub struct Service39 { _a: Repository9, _b: Repository6, _other: Service29 }
#[service] pub struct Service40 { _a: Repository0, _b: Repository3, _mailer: Arc<dyn Mailer>, _other: Arc<Service30> }
#[service] pub struct Service41 { _a: Repository1, _b: Repository0, _other: Service31 }
#[service] pub struct Service42 { _a: Repository2, _b: Repository7, _mailer: Arc<dyn Mailer>, _other: Service32 }
#[service] pub struct Service43 { _a: Repository3, _b: Repository4, _other: Arc<Service33> }
#[service] pub struct Service44 { _a: Repository4, _b: Repository1, _mailer: Arc<dyn Mailer>, _other: Service34 }
#[service] pub struct Service45 { _a: Repository5, _b: Repository8, _other: Service35 }
#[service] pub struct Service46 { _a: Repository6, _b: Repository5, _mailer: Arc<dyn Mailer>, _other: Arc<Service36> }
#[service] pub struct Service47 { _a: Repository7, _b: Repository2, _other: Service37 }
#[service] pub struct Service48 { _a: Repository8, _b: Repository9, _mailer: Arc<dyn Mailer>, _other: Service38 }
#[service] pub struct Service49 { _a: Repository9, _b: Repository6, _other: Arc<Service39> }

#[container]
pub struct App {
    database: Arc<Database>,
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
    service0: Arc<Service0>,
    service3: Arc<Service3>,
    service6: Arc<Service6>,
    service9: Arc<Service9>,
    service12: Arc<Service12>,
    service15: Arc<Service15>,
    service18: Arc<Service18>,
    service21: Arc<Service21>,
    service24: Arc<Service24>,
    service27: Arc<Service27>,
    service30: Arc<Service30>,
    service33: Arc<Service33>,
    service36: Arc<Service36>,
    service39: Arc<Service39>,
    service42: Arc<Service42>,
    service45: Arc<Service45>,
    service48: Arc<Service48>,
}

#[get("/0", public)] pub async fn get0(_service: Inject<Arc<Service0>>) {}
#[get("/1", public)] pub async fn get1(_service: Inject<Service1>) {}
#[get("/2", public)] pub async fn get2(_service: Inject<Service2>) {}
#[get("/3", public)] pub async fn get3(_service: Inject<Arc<Service3>>) {}
#[get("/4", public)] pub async fn get4(_service: Inject<Service4>) {}
#[get("/5", public)] pub async fn get5(_service: Inject<Service5>) {}
#[get("/6", public)] pub async fn get6(_service: Inject<Arc<Service6>>) {}
#[get("/7", public)] pub async fn get7(_service: Inject<Service7>) {}
#[get("/8", public)] pub async fn get8(_service: Inject<Service8>) {}
#[get("/9", public)] pub async fn get9(_service: Inject<Arc<Service9>>) {}
#[get("/10", public)] pub async fn get10(_service: Inject<Service10>) {}
#[get("/11", public)] pub async fn get11(_service: Inject<Service11>) {}
#[get("/12", public)] pub async fn get12(_service: Inject<Arc<Service12>>) {}
#[get("/13", public)] pub async fn get13(_service: Inject<Service13>) {}
#[get("/14", public)] pub async fn get14(_service: Inject<Service14>) {}
#[get("/15", public)] pub async fn get15(_service: Inject<Arc<Service15>>) {}
#[get("/16", public)] pub async fn get16(_service: Inject<Service16>) {}
#[get("/17", public)] pub async fn get17(_service: Inject<Service17>) {}
#[get("/18", public)] pub async fn get18(_service: Inject<Arc<Service18>>) {}
#[get("/19", public)] pub async fn get19(_service: Inject<Service19>) {}
#[get("/20", public)] pub async fn get20(_service: Inject<Service20>) {}
#[get("/21", public)] pub async fn get21(_service: Inject<Arc<Service21>>) {}
#[get("/22", public)] pub async fn get22(_service: Inject<Service22>) {}
#[get("/23", public)] pub async fn get23(_service: Inject<Service23>) {}
#[get("/24", public)] pub async fn get24(_service: Inject<Arc<Service24>>) {}
#[get("/25", public)] pub async fn get25(_service: Inject<Service25>) {}
#[get("/26", public)] pub async fn get26(_service: Inject<Service26>) {}
#[get("/27", public)] pub async fn get27(_service: Inject<Arc<Service27>>) {}
#[get("/28", public)] pub async fn get28(_service: Inject<Service28>) {}
#[get("/29", public)] pub async fn get29(_service: Inject<Service29>) {}
#[get("/30", public)] pub async fn get30(_service: Inject<Arc<Service30>>) {}
#[get("/31", public)] pub async fn get31(_service: Inject<Service31>) {}
#[get("/32", public)] pub async fn get32(_service: Inject<Service32>) {}
#[get("/33", public)] pub async fn get33(_service: Inject<Arc<Service33>>) {}
#[get("/34", public)] pub async fn get34(_service: Inject<Service34>) {}
#[get("/35", public)] pub async fn get35(_service: Inject<Service35>) {}
#[get("/36", public)] pub async fn get36(_service: Inject<Arc<Service36>>) {}
#[get("/37", public)] pub async fn get37(_service: Inject<Service37>) {}
#[get("/38", public)] pub async fn get38(_service: Inject<Service38>) {}
#[get("/39", public)] pub async fn get39(_service: Inject<Arc<Service39>>) {}
#[get("/40", public)] pub async fn get40(_service: Inject<Service40>) {}
#[get("/41", public)] pub async fn get41(_service: Inject<Service41>) {}
#[get("/42", public)] pub async fn get42(_service: Inject<Arc<Service42>>) {}
#[get("/43", public)] pub async fn get43(_service: Inject<Service43>) {}
#[get("/44", public)] pub async fn get44(_service: Inject<Service44>) {}
#[get("/45", public)] pub async fn get45(_service: Inject<Arc<Service45>>) {}
#[get("/46", public)] pub async fn get46(_service: Inject<Service46>) {}
#[get("/47", public)] pub async fn get47(_service: Inject<Service47>) {}
#[get("/48", public)] pub async fn get48(_service: Inject<Arc<Service48>>) {}
#[get("/49", public)] pub async fn get49(_service: Inject<Service49>) {}
#[get("/50", public)] pub async fn get50(_service: Inject<Arc<Service0>>) {}
#[get("/51", public)] pub async fn get51(_service: Inject<Service1>) {}
#[get("/52", public)] pub async fn get52(_service: Inject<Service2>) {}
#[get("/53", public)] pub async fn get53(_service: Inject<Arc<Service3>>) {}
#[get("/54", public)] pub async fn get54(_service: Inject<Service4>) {}
#[get("/55", public)] pub async fn get55(_service: Inject<Service5>) {}
#[get("/56", public)] pub async fn get56(_service: Inject<Arc<Service6>>) {}
#[get("/57", public)] pub async fn get57(_service: Inject<Service7>) {}
#[get("/58", public)] pub async fn get58(_service: Inject<Service8>) {}
#[get("/59", public)] pub async fn get59(_service: Inject<Arc<Service9>>) {}

pub fn all() -> Routes<App> {
    routes![
        get0, get1, get2, get3, get4, get5, get6, get7, get8, get9, get10, get11,
        get12, get13, get14, get15, get16, get17, get18, get19, get20, get21, get22, get23,
        get24, get25, get26, get27, get28, get29, get30, get31, get32, get33, get34, get35,
        get36, get37, get38, get39, get40, get41, get42, get43, get44, get45, get46, get47,
        get48, get49, get50, get51, get52, get53, get54, get55, get56, get57, get58, get59,
    ]
}

fn main() {}
